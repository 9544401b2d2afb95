"""Wrong settings are refused with a sentence that says what to do."""

import os
import subprocess
import sys

import pytest

from crm import checks
from tests.start.installation import CLEAN, ROOT

PRODUCTION = CLEAN | {
    "SECRET_KEY": "k" * 25 + "abcdefghijklmnopqrstuvwxyz",
    "SEARCH_HASH_KEY": "h" * 25 + "abcdefghijklmnopqrstuvwxyz",
    "DATABASE_URL": "postgres://crm@localhost/crm",
    "REDIS_URL": "rediss://broker:6379/0",
    "ALLOWED_HOSTS": "crm.example.com",
    "CRM_DATA": "/nonexistent",
}


def check(**env):
    """What `manage.py check --deploy` says under these settings, and its exit code."""
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    done = subprocess.run(command, cwd=ROOT, env=PRODUCTION | env, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr, done.returncode


def test_production_settings_raise_no_warning():
    assert check() == ("System check identified no issues (0 silenced).\n", 0)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY has fewer than 50 characters."),
        ({"SEARCH_HASH_KEY": ""}, "SEARCH_HASH_KEY is not set."),
        ({"SEARCH_HASH_KEY": PRODUCTION["SECRET_KEY"]}, "SEARCH_HASH_KEY equals SECRET_KEY."),
        ({"DATABASE_URL": "sqlite:///crm.db"}, "DATABASE_URL does not name a PostgreSQL."),
        ({"REDIS_URL": "amqp://broker"}, "REDIS_URL cannot begin with amqp://."),
        ({"REDIS_URL": "redis+socket:///s?virtual_host=0"}, "CACHE_URL cannot begin with redis+socket://."),
        ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS accepts every host name."),
    ],
)
def test_a_wrong_setting_is_named(wrong, sentence):
    said, code = check(**wrong)
    assert sentence in said
    assert code != 0


@pytest.mark.django_db
def test_the_test_database_is_fit():
    assert checks.database(None, databases=["default"]) == []


def test_a_database_that_finds_no_chinese_name_is_refused(embedded_c_locale):
    said, code = embedded_c_locale
    assert "A search would find no Chinese name." in said
    assert code != 0


@pytest.fixture
def embedded_c_locale():
    """The same check on a database whose LC_CTYPE is C."""
    from django.db import connection

    from tests.conftest import superuser

    link = superuser("postgres")
    cursor = link.cursor()
    name = f"{connection.settings_dict['NAME']}_c"
    cursor.execute(f"CREATE DATABASE {name} TEMPLATE template0 LOCALE_PROVIDER libc LOCALE 'C'")
    inside = superuser(name)
    inside.cursor().execute("CREATE EXTENSION pg_trgm")
    inside.close()
    url = os.environ["DATABASE_URL"].rsplit("/crm", 1)[0]
    socket = os.environ["CRM_TEST_CLUSTER"]
    env = os.environ | {"DATABASE_URL": f"postgres://postgres@:5432/{name}?host={socket}"}
    assert url
    command = [sys.executable, "manage.py", "check", "--database", "default"]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    yield done.stdout + done.stderr, done.returncode
    cursor.execute(f"DROP DATABASE {name}")
    link.close()
