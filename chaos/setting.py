"""What the chaos begins with: how much of everything, the environment of the processes, and a door to the database."""

import contextlib
import json
import os
import subprocess
import sys
from dataclasses import dataclass

from chaos import marks
from chaos.cast import ROOT
from crm.embedded.postgres import APPLICATION, DATABASE, OWNER, SUPERUSER
from tests import kept

SECRETS = ("SECRET_KEY", "SEARCH_HASH_KEY", "WEBHOOK_KEY", "GATEWAY_KEY")


@dataclass(frozen=True)
class Size:
    runs: int  # of ten steps with three messages each
    faults: int
    debtors: int  # accounts
    spread: int  # seconds in which the runs and the next steps of the accounts come due


SIZES = {"ci": Size(115, 100, 80, 30), "long": Size(1460, 1000, 600, 600)}


def prepare(servers, size: Size, **settings):
    """(the environment of the application, what `chaos.ready` said), after the owner has made a small branch."""
    keys = {name: name * 5 for name in SECRETS}
    folder = str(servers.postgres.home.data)
    common = dict(os.environ, **servers.environment(), **keys, **settings, CRM_DATA=folder, HTTPS="0")
    common.pop("DJANGO_SETTINGS_MODULE", None)  # plain Celery would become the product by it
    migrate(servers, common)
    many = {"CHAOS_DEBTORS": str(size.debtors), "CHAOS_SPREAD": str(size.spread)}
    owner = common | many | {"DATABASE_URL": servers.postgres.url(OWNER)}
    made = subprocess.run(
        [sys.executable, "-m", "chaos.ready"], cwd=ROOT, env=owner, check=True, stdout=subprocess.PIPE
    )
    query(servers, marks.TABLE + f"; GRANT SELECT, INSERT ON chaos_mark TO {APPLICATION}")
    return common, json.loads(made.stdout.splitlines()[-1])


def migrate(servers, common):
    """As the owner, unless an earlier run has done the same: of that there is a dump."""
    where, password = servers.postgres.socket, servers.postgres.home.secret(SUPERUSER)
    if not kept.restore(where, password):
        owner = common | {"DATABASE_URL": servers.postgres.url(OWNER)}
        subprocess.run([sys.executable, "manage.py", "upgrade", APPLICATION, "-v0"], cwd=ROOT, env=owner, check=True)
        kept.keep(where, password)


def query(servers, statement, values=None):
    """The first row, None where there is none."""
    with contextlib.closing(servers.postgres.connect(DATABASE)) as link, link, link.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchone() if cursor.description else None


def ask(servers, size):
    query(servers, marks.ASK, {"runs": size.runs, "seconds": size.spread})
