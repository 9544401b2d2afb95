"""What is owed is written down with the change itself: single events and sets, within reach, once, or not at all."""

import json
from datetime import date

import pytest
from django.db import connection, transaction

from audit.models import Event
from audit.trail import record
from customers.models import Customer
from tests import make
from webhooks.models import Delivery

pytestmark = pytest.mark.django_db


@pytest.fixture
def home():
    """A branch with two departments, the first with a hall."""
    branch = make.branch(code="B1")
    north, south = make.unit(parent=branch, code="N"), make.unit(parent=branch, code="S")
    return branch, north, south, make.unit("hall", north, code="NH")


def happen(customer, verb="customer.changed", **data):
    return record(customer, verb, by=None, customer=customer, **data)


def test_an_event_is_owed_to_whom_it_concerns_and_to_nobody_else(home):
    branch, north, south, hall = home
    at_branch, at_north, at_hall = make.subscription(branch), make.subscription(north), make.subscription(hall)
    make.subscription(south)
    make.subscription(make.branch())
    make.subscription(branch, kinds=["customer.opened", "line.*"])
    make.subscription(branch, state="withdrawn")
    paused = make.subscription(branch, state="paused")
    event = happen(make.customer(hall))
    owed = Delivery.objects.filter(event=event)
    assert {one.subscription for one in owed} == {at_branch, at_north, at_hall, paused}
    assert {one.state for one in owed} == {"waiting"}
    assert len({one.key for one in owed}) == 4


def test_a_kind_is_one_verb_or_all_of_a_sort(home):
    branch, *_ = home
    customer = make.customer(branch)
    make.subscription(branch, kinds=["customer.opened", "line.*"])
    for verb in ("customer.opened", "customer.changed", "line.plan_changed", "liner.sailed", "interaction.recorded"):
        happen(customer, verb)
    assert set(Delivery.objects.values_list("kind", flat=True)) == {"customer.opened", "line.plan_changed"}


def test_reach_follows_the_unit_the_customer_has_today(home):
    _branch, north, south, hall = home
    customer, subscription = make.customer(north), make.subscription(hall)
    happen(customer)
    Customer.objects.filter(pk=customer.pk).update(unit=hall)
    after = happen(customer)
    hall.move_under(south, by=None)
    moved = happen(customer)
    at_south = make.subscription(south)
    last = happen(customer)
    assert list(subscription.deliveries.order_by("id").values_list("event", flat=True)) == [after.pk, moved.pk, last.pk]
    assert [one.event for one in at_south.deliveries.all()] == [last]


def test_what_is_sent_names_no_person_and_no_number_of_theirs(home):
    _branch, _north, _south, hall = home
    make.subscription(hall)
    customer = make.customer(hall, number="K77", name="欧阳娜", address="幸福路8号")
    event = happen(
        customer,
        fields={"name": ["欧阳娜", "欧阳娜娜"], "address": ["幸福路8号", ""]},
        phones=["13812345678"],
        file="欧阳娜.csv",
    )
    payload = Delivery.objects.get().payload
    assert payload == {
        "type": "customer.changed",
        "timestamp": event.at.isoformat().replace("+00:00", "Z"),
        "data": {
            "subject": {"type": "customer", "id": customer.pk},
            "customer": {"id": customer.pk, "number": "K77"},
            "branch": "B1",
            "unit": "NH",
            "changed": ["address", "name", "phones"],
        },
    }
    told = json.dumps(payload, ensure_ascii=False)
    assert not [text for text in ("欧阳", "幸福路", "138") if text in told]


def test_the_real_operations_are_told_of(home):
    _branch, _north, _south, hall = home
    make.tier(hall.home)
    clerk = make.user("clerk", hall)
    make.subscription(hall)
    customer = Customer.open(by=clerk, unit=hall, name="张伟", phone="13812345678")
    customer.change(by=clerk, version=customer.version, birthday=date(1990, 1, 2))
    told = [(one.kind, one.payload["data"]["changed"]) for one in Delivery.objects.order_by("id")]
    assert told == [("customer.opened", []), ("customer.changed", ["birthday"])]


def test_a_set_of_events_is_owed_like_single_ones(home):
    branch, north, _south, hall = home
    all_of_it, of_north = make.subscription(branch), make.subscription(north)
    for n in range(60):
        make.customer(hall if n % 3 else branch)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO audit_event (verb, subject_type, subject_id, customer_id, branch_id, request_id, data)"
            " SELECT 'customer.imported', 'customers.customer', id, id, branch_id, '', '{}' FROM customers_customer"
        )
    assert (all_of_it.deliveries.count(), of_north.deliveries.count()) == (60, 40)
    assert len(set(Delivery.objects.values_list("key", flat=True))) == 100


def test_what_concerns_no_customer_is_not_told(home):
    branch, *_ = home
    make.subscription(branch, kinds=["customer.*", "person.*"])
    record(make.user(), "person.hired", by=None)
    assert not Delivery.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_change_that_is_undone_is_owed_to_nobody(home):
    branch, *_ = home
    customer = make.customer(branch)
    make.subscription(branch)
    with transaction.atomic():
        happen(customer)
        assert Delivery.objects.count() == 1
        transaction.set_rollback(True)
    assert not Delivery.objects.exists()
    assert not Event.objects.filter(verb="customer.changed").exists()
