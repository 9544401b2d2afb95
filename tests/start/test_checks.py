"""Wrong settings are refused with a sentence that says what to do."""

import os
import subprocess
import sys

import pytest
from django.db import connection

from crm import checks
from tests.conftest import superuser
from tests.start.installation import CLEAN, ROOT

PRODUCTION = CLEAN | {
    "SECRET_KEY": "k" * 25 + "abcdefghijklmnopqrstuvwxyz",
    "SEARCH_HASH_KEY": "h" * 25 + "abcdefghijklmnopqrstuvwxyz",
    "WEBHOOK_KEY": "w" * 25 + "abcdefghijklmnopqrstuvwxyz",
    "GATEWAY_KEY": "g" * 25 + "abcdefghijklmnopqrstuvwxyz",
    "DATABASE_URL": "postgres://crm@localhost/crm",
    "REDIS_URL": "rediss://broker:6379/0",
    "ALLOWED_HOSTS": "crm.example.com",
    "CRM_DATA": "/nonexistent",
}
OURS = ("--tag", "security")  # in half the time of all that Django and its libraries check


def check(*options, **env):
    """What `manage.py check --deploy` says under these settings, and its exit code."""
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING", *options]
    done = subprocess.run(command, cwd=ROOT, env=PRODUCTION | env, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr, done.returncode


def test_production_settings_raise_no_warning():
    assert check() == ("System check identified no issues (0 silenced).\n", 0)


def test_each_wrong_setting_is_named():
    said, code = check(
        SECRET_KEY="short",
        SEARCH_HASH_KEY="",
        DATABASE_URL="sqlite:///crm.db",
        REDIS_URL="amqp://b",
        ALLOWED_HOSTS="*",
    )
    assert code != 0
    for sentence in (
        "SECRET_KEY has fewer than 50 characters.",
        "SEARCH_HASH_KEY is not set.",
        "DATABASE_URL does not name a PostgreSQL.",
        "REDIS_URL cannot begin with amqp://.",
        "CACHE_URL cannot begin with amqp://.",
        "ALLOWED_HOSTS accepts every host name.",
    ):
        assert sentence in said


def test_without_a_secret_key_nothing_starts_and_the_reason_is_said():
    said, code = check(*OURS, SECRET_KEY="")
    assert "SECRET_KEY is not set." in said
    assert code != 0


def test_one_key_for_two_purposes_is_warned_of():
    assert "SEARCH_HASH_KEY equals SECRET_KEY." in check(*OURS, SEARCH_HASH_KEY=PRODUCTION["SECRET_KEY"])[0]


@pytest.mark.django_db
def test_the_test_database_is_fit():
    assert checks.database(None, databases=["default"]) == []


@pytest.fixture
def c_locale():
    """The URL of a database whose LC_CTYPE is C."""
    name = f"{connection.settings_dict['NAME']}_c"
    link = superuser("postgres")
    with link.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name} TEMPLATE template0 LOCALE_PROVIDER libc LOCALE 'C'")
        inside = superuser(name)
        inside.cursor().execute("CREATE EXTENSION pg_trgm")
        inside.close()
        yield f"postgres://postgres@:5432/{name}?host={os.environ['CRM_TEST_CLUSTER']}"
        cursor.execute(f"DROP DATABASE {name}")
    link.close()


@pytest.mark.django_db
def test_a_database_that_would_find_no_chinese_name_is_refused(c_locale):
    said, code = check("--database", "default", DATABASE_URL=c_locale)
    assert "A search would find no Chinese name." in said
    assert code != 0
