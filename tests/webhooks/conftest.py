import pytest
from django.db import connection

from tests.webhooks.receiver import receiving


@pytest.fixture
def receiver(settings):
    """A receiver that may be called."""
    with receiving() as one:
        settings.WEBHOOK_HOSTS = [one.host]
        yield one


@pytest.fixture
def all_due():
    """A function that lets every pause and lease be over."""

    def over():
        with connection.cursor() as cursor:
            cursor.execute("UPDATE webhooks_delivery SET next_at = '2020-01-01' WHERE state IN ('waiting', 'sending')")
            cursor.execute("UPDATE webhooks_subscription SET rest_until = NULL")

    return over
