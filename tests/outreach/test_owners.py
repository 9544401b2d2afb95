"""Whose a number is, asked of all branches at once."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from customers.models import Identifier
from outreach import addresses
from outreach.models import ContactPreference
from tests import make

pytestmark = pytest.mark.django_db
NUMBER = "13900001111"


def test_everybody_with_the_number_owns_it_in_any_branch():
    family = [make.reachable(phone=NUMBER), make.reachable(phone=NUMBER)]
    make.reachable(phone="13900001112")
    assert addresses.owners(NUMBER) == family
    assert addresses.owners(NUMBER[::-1]) == addresses.owners("3900001111") == []


def test_a_number_that_has_ended_or_is_none_to_dial_is_nobodys():
    today = timezone.localdate()
    make.reachable(phone=NUMBER)
    Identifier.objects.filter(value=NUMBER).update(valid_to=today)
    make.identifier(make.customer(), NUMBER, kind="card")
    assert addresses.owners(NUMBER) == []
    assert len(addresses.owners(NUMBER, today - timedelta(days=1))) == 1


def fill(customer):
    """So many other numbers that the wrong index costs more than the right one, whatever is known of the table."""
    own = {"customer": customer, "branch": customer.branch, "unit": customer.unit}
    for kind, first in (("contact", 13700000000), ("card", 10**19)):
        values = (str(first + n) for n in range(5000))
        Identifier.objects.bulk_create(Identifier(value=value, written=value, kind=kind, **own) for value in values)


@pytest.mark.parametrize(("address", "index"), [(NUMBER, "identifier_reversed"), ("a@b.example", "preference_email")])
def test_an_index_answers_that_no_release_of_postgresql_has_to_skip_through(address, index):
    """Its first column is what is asked for: PostgreSQL 15 uses no index whose first column is left open."""
    customer = make.reachable(phone=NUMBER)
    ContactPreference.objects.create(customer=customer, email="A@b.example")
    fill(customer)
    with CaptureQueriesContext(connection) as captured:
        assert addresses.owners(address) == [customer]
    [asked] = [query["sql"] for query in captured]
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off")  # none by parts of a number
        cursor.execute(f"EXPLAIN {asked}")
        assert index in str(cursor.fetchall())
