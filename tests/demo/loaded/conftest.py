"""The demo branch, loaded once for all tests that look at it."""

import pytest

from crm.demo import load, places
from staff.models import Unit
from tests.conftest import empty_all_tables


@pytest.fixture(scope="package")
def branch(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        assert load.load(1_600)
        yield Unit.objects.get(code=places.BRANCH[0])
        empty_all_tables(None)
