import pytest
from django.db import connection

from outreach.gateways.registry import gateway_for
from tests.outreach.operator import operating


@pytest.fixture
def operator(settings):
    """An operator that takes everything, can be told nothing twice and cannot be asked."""
    with operating() as one:
        settings.GATEWAYS = {"sms": one.url(name="sms"), "email": ""}
        yield one


@pytest.fixture
def gateway(operator):
    return gateway_for("sms")


@pytest.fixture
def all_due():
    """A function that lets every pause, wait and lease be over."""

    def over():
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE outreach_message SET next_at = '2020-01-01'"
                " WHERE state IN ('planned', 'submitting', 'unknown') AND next_at IS NOT NULL"
            )
            cursor.execute("UPDATE outreach_breaker SET rest_until = NULL")

    return over
