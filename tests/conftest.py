"""Fixtures for every test: a database of one's own per worker, cleaned as the cluster's superuser."""

import os
from contextlib import suppress

import hypothesis
import psycopg2
import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connections
from django.test import TransactionTestCase
from django.utils import translation

hypothesis.settings.register_profile("everyday", deadline=None)
hypothesis.settings.register_profile("long", max_examples=5000, deadline=None)
hypothesis.settings.load_profile("long" if os.environ.get("PROOF") else "everyday")


LONGEST = {"test_up.py", "test_conformance.py", "test_new_database.py"}


def pytest_collection_modifyitems(items):
    """What takes a minute comes first, so that at the end no worker waits for another."""
    items.sort(key=lambda item: item.path.name not in LONGEST)


def superuser(database):
    link = psycopg2.connect(host=os.environ["CRM_TEST_CLUSTER"], user="postgres", dbname=database)
    link.autocommit = True
    return link


@pytest.fixture(autouse=True)
def speak_english():
    """Outside a request messages are the sources' own; a page still speaks its reader's language."""
    with translation.override("en"):
        yield


@pytest.fixture(autouse=True)
def nothing_counted_yet():
    """Keys begin anew with each database: what the test before asked in this minute is not this one's."""
    cache.clear()


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker):
    """Copy the migrated template; tests then run as the application's role, which owns nothing."""
    name = f"crm_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    link = superuser("postgres")
    with link.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        cursor.execute(f"CREATE DATABASE {name} TEMPLATE crm_template OWNER crm_owner")
    link.close()
    settings.DATABASES["default"]["NAME"] = name
    connections["default"].settings_dict["NAME"] = name
    for url in ("DATABASE_URL", "DATABASE_OWNER_URL"):  # for processes that a test starts
        os.environ[url] = os.environ[url].replace("crm_template", name)
    with django_db_blocker.unblock():
        yield
        connections.close_all()


TABLES = """
    SELECT quote_ident(relname), pg_get_serial_sequence(quote_ident(relname), attname),
        pg_relation_size(c.oid) > 1000000
    FROM pg_class c
    LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'id'
    WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
      AND relname NOT IN ('django_migrations', 'django_content_type', 'staff_publicday')
    ORDER BY c.oid
"""


def empty_all_tables(self, *args):
    """What Django's flush cannot do: the application may not truncate, and events refuse deletion.

    Whoever still writes is waited for. Most tables are empty and stay as they are: to truncate a hundred of them, with
    their indexes, would take longer than most tests.
    """
    link = superuser(connections["default"].settings_dict["NAME"])
    with link.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(TABLES)
        tables = cursor.fetchall()
        names = [name for name, *rest in tables]
        filled = " UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT FROM {name})" for name in names)
        while not done(cursor, f"BEGIN; LOCK TABLE {', '.join(names)} IN EXCLUSIVE MODE; {filled}"):
            cursor.execute("ROLLBACK")
        filled = {name for (name,) in cursor.fetchall()}
        for name, sequence, _is_large in tables:
            if name in filled:
                restart = f"; SELECT setval('{sequence}', 1, false)" if sequence else ""
                cursor.execute(f"DELETE FROM {name}{restart}")
        cursor.execute("COMMIT")
        for name, _sequence, is_large in tables:
            if is_large:
                cursor.execute(f"VACUUM {name}")
    link.close()


def done(cursor, statement):
    """A request that a browser has left behind may still read: the database then ends one of the two."""
    with suppress(psycopg2.errors.DeadlockDetected):
        cursor.execute(statement)
        return True
    return False


TransactionTestCase._fixture_teardown = empty_all_tables
