"""Two database roles: the owner migrates, the application works and can neither rewrite history nor the schema."""

import os
import subprocess
import sys

import psycopg2
import pytest
from django.db import connection
from django.db.utils import ProgrammingError

from tests.conftest import superuser
from tests.start.installation import ROOT


def ask(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchone()


@pytest.mark.django_db
def test_the_application_owns_nothing_and_is_no_superuser():
    owned = "SELECT count(*) FROM pg_class JOIN pg_roles r ON relowner = r.oid WHERE rolname = current_user"
    assert ask(owned) == (0,)
    rights = "SELECT rolsuper, rolcreaterole, rolcreatedb, rolbypassrls FROM pg_roles WHERE rolname = current_user"
    assert ask(rights) == (False, False, False, False)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "TRUNCATE customers_customer CASCADE",
        "TRUNCATE audit_event",
        "UPDATE audit_event SET verb = 'nothing'",
        "DELETE FROM audit_event",
        "ALTER TABLE audit_event DISABLE TRIGGER ALL",
        "SET session_replication_role = replica",
        "DROP TABLE customers_customer",
        "CREATE TABLE public.mine ()",
        "DELETE FROM django_migrations",
    ],
)
def test_the_application_is_refused(statement):
    with pytest.raises(ProgrammingError, match=r"permission denied|must be owner"):
        ask(statement)


@pytest.mark.django_db
def test_grants_set_time_limits_for_the_application_and_none_for_migrations():
    """Kept with the database, so that they hold behind a connection pool too."""
    name = connection.settings_dict["NAME"]
    owner = os.environ["DATABASE_OWNER_URL"]
    command = [sys.executable, ROOT / "manage.py", "grants", "crm"]
    subprocess.run(command, env=os.environ | {"DATABASE_URL": owner}, check=True)
    try:
        assert [limit(os.environ["DATABASE_URL"], one) for one in LIMITS] == ["1min", "10s", "1min"]
        assert [limit(owner, one) for one in LIMITS] == ["0", "0", "1min"]
    finally:
        link = superuser("postgres")
        link.cursor().execute(f"ALTER DATABASE {name} RESET ALL")
        link.close()


LIMITS = ["statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"]


def limit(url, name):
    link = psycopg2.connect(url)
    with link.cursor() as cursor:
        cursor.execute(f"SHOW {name}")
        (value,) = cursor.fetchone()
    link.close()
    return value
