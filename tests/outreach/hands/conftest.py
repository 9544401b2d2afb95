"""An operator that is told again, or asked."""

import pytest

from tests.outreach.operator import operating


@pytest.fixture
def kind():
    return "idempotent"


@pytest.fixture
def operator(settings, kind):
    """An operator that is told again, or asked."""
    with operating(**{kind: True}) as one:
        settings.GATEWAYS = {"sms": one.url(name="sms"), "email": ""}
        yield one
