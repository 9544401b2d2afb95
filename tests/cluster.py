"""One throw-away PostgreSQL and Valkey for the whole test run, before Django reads its settings."""

import contextlib
import fcntl
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from crm.embedded import Home, Servers
from crm.embedded.postgres import APPLICATION, DATABASE, OWNER
from tests import kept

ROOT = Path(__file__).parent.parent
PREFIX = "crm-test-"
TEMPLATE = "crm_template"
FOR_TESTS = {
    "SECRET_KEY": "tests-only-" + "x" * 50,
    "SEARCH_HASH_KEY": "tests-only-" + "h" * 50,
    "WEBHOOK_KEY": "tests-only-" + "w" * 50,
    "GATEWAY_KEY": "tests-only-" + "g" * 50,
    "WEBHOOK_HOSTS": "receiver.example,*.receivers.example",
    "HTTPS": "0",
    "STATIC_HASHED": "0",
    "DEBUG": "0",
    "SURVEYS_PER_MINUTE": "100000",
}


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config):
    """The first process starts the servers; xdist's workers find them in the environment."""
    os.environ.update(FOR_TESTS)
    if "CRM_TEST_CLUSTER" in os.environ:
        take_own_valkey_databases(os.environ.get("PYTEST_XDIST_WORKER", "gw0"))
        return
    sweep()
    folder = Path(tempfile.mkdtemp(prefix=PREFIX))
    folder.chmod(0o711)
    (folder / "static").mkdir()  # nothing is collected: the finders serve it
    home = Home(folder).claim()
    servers = Servers(home, throw_away=True, settings={"autovacuum": "off"})  # one plan for a test, whenever it runs
    early_config.add_cleanup(lambda: remove(home))
    servers.__enter__()
    early_config.add_cleanup(servers.stop)
    os.environ.update(
        servers.environment(),
        CRM_DATA=str(folder),
        CRM_TEST_CLUSTER=str(servers.postgres.socket),
    )
    build_template(servers)


def take_own_valkey_databases(worker):
    """Each of xdist's workers has its own broker and cache, as it has its own database."""
    number = 2 * int(worker.removeprefix("gw"))
    os.environ["REDIS_URL"] = re.sub(r"virtual_host=\d+", f"virtual_host={number}", os.environ["REDIS_URL"])
    os.environ["CACHE_URL"] = re.sub(r"db=\d+", f"db={number + 1}", os.environ["CACHE_URL"])


def build_template(servers):
    """Migrate once as the owner, unless an earlier run has; every worker copies the result and works as the
    application's role.
    """
    manage = [sys.executable, ROOT / "manage.py"]
    messages = subprocess.Popen([*manage, "translations", "--compile"])
    if not kept.restore(servers.postgres.socket):
        owner = dict(os.environ, DATABASE_URL=servers.postgres.url(OWNER))
        subprocess.run([*manage, "upgrade", APPLICATION, "-v0"], env=owner, check=True)
        kept.keep(servers.postgres.socket)
    assert messages.wait() == 0, "the translations do not compile"
    with contextlib.closing(servers.postgres.connect()) as link, link.cursor() as cursor:
        link.autocommit = True
        cursor.execute(f"ALTER DATABASE {DATABASE} RENAME TO {TEMPLATE}")
    os.environ["DATABASE_URL"] = servers.postgres.url(APPLICATION, TEMPLATE)
    os.environ["DATABASE_OWNER_URL"] = servers.postgres.url(OWNER, TEMPLATE)


def remove(home):
    home.release()
    for folder in (home.data, home.sockets):
        shutil.rmtree(folder, ignore_errors=True)


def sweep():
    """Remove what killed runs left: folders whose lock nobody holds."""
    for lock in Path(tempfile.gettempdir()).glob(f"{PREFIX}*/run.lock"):
        with contextlib.suppress(OSError), lock.open("r+") as held:
            if time.time() - lock.stat().st_mtime > 60:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(lock.parent, ignore_errors=True)
