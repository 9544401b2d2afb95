"""The backup that docs/operations.md describes, taken and restored by the owner alone."""

import os
import subprocess
import sys

import pytest
from django.db import connection

from crm.embedded.binaries import postgres_programs
from tests import make
from tests.conftest import superuser
from tests.start.installation import ROOT


@pytest.mark.django_db(transaction=True)
def test_a_restored_backup_has_the_rows_the_rights_and_the_guard_of_the_events(empty_one, tmp_path):
    customer = make.customer(name="张伟")
    empty = empty_one("restored")
    owner, dump = os.environ["DATABASE_OWNER_URL"], tmp_path / "crm.dump"
    restored = owner.replace(connection.settings_dict["NAME"], empty)
    run(postgres_programs() / "pg_dump", "--format=custom", f"--file={dump}", owner)
    run(
        *(postgres_programs() / "pg_restore", f"--dbname={restored}"),
        *("--no-owner", "--no-privileges", "--exit-on-error", dump),
    )
    run(sys.executable, ROOT / "manage.py", "upgrade", "crm", DATABASE_URL=restored)
    link = superuser(empty)
    with link.cursor() as cursor:
        cursor.execute("SELECT number FROM customers_customer")
        assert cursor.fetchall() == [(customer.number,)]
        cursor.execute("SELECT has_table_privilege('crm', 'audit_event', 'INSERT, SELECT')")
        assert cursor.fetchone() == (True,)
        cursor.execute("SELECT has_table_privilege('crm', 'audit_event', 'UPDATE')")
        assert cursor.fetchone() == (False,)
        cursor.execute(
            "SELECT count(*) FROM pg_trigger WHERE tgrelid = 'audit_event'::regclass AND tgname ~ 'append_only'"
        )
        assert cursor.fetchone() == (1,)
    link.close()


def run(*command, **env):
    done = subprocess.run(command, env=os.environ | env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
