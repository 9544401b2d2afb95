"""A new database gets its tables at once, an old one walks through the migrations: both end up the same.

`PROOF=1` walks as Django does: each operation then draws every model anew that has to do with the one it changes.
"""

import contextlib
import os
import re
import subprocess
import sys

import pytest
from django.db import connection
from psycopg2 import sql

from crm.embedded.binaries import postgres_programs
from tests.conftest import superuser
from tests.start.installation import ROOT

OF_DJANGO = {"django_migrations": "app, name", "django_content_type": "app_label, model"}
FILLED_AFTERWARDS = {*OF_DJANGO, "auth_permission"}
IN_FULL = "execute_from_command_line(['manage.py', 'migrate', '-v0'])"
ONLY_WHAT_CHANGES = f"""
def itself(state, label, name, delay):
    new = name not in state.apps.all_models[label]
    return {{(label, name)}} if new or delay else whole(state, label, name, delay)

whole, ProjectState._find_reload_model = ProjectState._find_reload_model, itself
{IN_FULL}
"""
IMPORTS = """
import crm.wsgi
from django.core.management import execute_from_command_line
from django.db.migrations.state import ProjectState
"""


@pytest.mark.django_db(transaction=True)
def test_every_migration_one_by_one_leads_to_what_a_new_database_is_made_with(empty_one):
    made, walked = empty_one("made"), empty_one("walked")
    walk = IMPORTS + (IN_FULL if os.environ.get("PROOF") else ONLY_WHAT_CHANGES)
    run_in(made, "manage.py", "upgrade", "crm", "-v0")
    run_in(walked, "-c", walk)
    assert schema(made) == schema(walked)
    for table, columns in OF_DJANGO.items():
        assert rows(made, table, columns) == rows(walked, table, columns)
    filled = {table for (table,) in rows(walked, "pg_tables", "tablename", "WHERE schemaname = 'public'")}
    assert {table for table in filled if rows(walked, table, "1", "LIMIT 1")} == FILLED_AFTERWARDS


def run_in(database, *words):
    url = os.environ["DATABASE_OWNER_URL"].replace(connection.settings_dict["NAME"], database)
    subprocess.run([sys.executable, *words], cwd=ROOT, env=os.environ | {"DATABASE_URL": url}, check=True)


def schema(database):
    """What pg_dump says, one text a statement, sorted; in a table the order of columns is left out too."""
    where = ["-h", os.environ["CRM_TEST_CLUSTER"], "-U", "postgres", "-d", database]
    words = ["--schema-only", "--no-owner", "--no-privileges", "--no-comments"]
    dump = subprocess.run(
        [postgres_programs() / "pg_dump", *where, *words], capture_output=True, text=True, check=True
    ).stdout
    return sorted(in_any_order(block) for block in re.split(r"\n\n+", dump) if not block.startswith(("--", "\\")))


def in_any_order(block):
    if not block.startswith("CREATE TABLE"):
        return block
    return "\n".join(sorted(line.rstrip(",") for line in block.splitlines()))


def rows(database, table, columns, rest=""):
    with contextlib.closing(superuser(database)) as link, link.cursor() as cursor:
        cursor.execute(sql.SQL(f"SELECT {columns} FROM {{}} {rest}").format(sql.Identifier(table)))
        return sorted(cursor.fetchall())
