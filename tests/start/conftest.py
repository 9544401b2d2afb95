"""Databases of the owner's beside the worker's own."""

import pytest
from django.db import connection

from tests.conftest import superuser


@pytest.fixture
def empty_one():
    """`empty_one("walked")`: the name of a database as a restore or a first start finds it."""
    link, names = superuser("postgres"), []

    def make(word):
        names.append(f"{connection.settings_dict['NAME']}_{word}")
        with link.cursor() as cursor:
            cursor.execute(f"CREATE DATABASE {names[-1]} OWNER crm_owner TEMPLATE template0")
            cursor.execute(f"REVOKE ALL ON DATABASE {names[-1]} FROM PUBLIC")
        return names[-1]

    yield make
    with link.cursor() as cursor:
        for name in names:
            cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")
    link.close()
