from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import psycopg2
import pytest
from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy
from structlog.contextvars import bound_contextvars

from audit.models import Event
from audit.retelling import retold
from audit.trail import record
from tests import make
from tests.conftest import superuser

REFUSED = "audit events are never changed"
CHANGES = [
    "UPDATE audit_event SET verb = 'x'",
    "DELETE FROM audit_event",
    "TRUNCATE audit_event CASCADE",
    "UPDATE audit_event SET verb = 'x' WHERE false",
]


@pytest.mark.django_db(transaction=True)
def test_recording_outside_a_transaction_is_refused():
    person = make.user()
    with pytest.raises(RuntimeError, match="transaction"):
        record(person, "user.hired", by=None)
    assert not Event.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_an_event_goes_with_the_change_when_it_is_rolled_back():
    person = make.user()
    with pytest.raises(ZeroDivisionError):
        _record_and_fail(person)
    assert not Event.objects.exists()


@transaction.atomic
def _record_and_fail(person):
    record(person, "user.hired", by=None)
    raise ZeroDivisionError


@pytest.mark.django_db
def test_an_event_names_who_what_and_where():
    hall = make.unit("hall")
    customer = make.customer(hall)
    clerk = make.user("clerk", at=hall)
    with bound_contextvars(request_id="abc-1"):
        event = record(customer, "customer.renamed", by=clerk, was="张伟")
    event.refresh_from_db()
    assert (event.actor, event.verb, event.data) == (clerk, "customer.renamed", {"was": "张伟"})
    assert (event.subject_type, event.subject_id) == ("customers.customer", customer.pk)
    assert (event.customer_id, event.branch_id) == (customer.pk, hall.branch_id)
    assert event.request_id == "abc-1"
    assert event.at is not None


@pytest.mark.django_db
def test_what_belongs_to_a_customer_is_on_their_timeline_and_nobody_elses():
    customer, other = make.customer(), make.customer()
    line = make.line(customer)
    person = make.user()
    first = record(line, "line.stopped", by=None)
    second = record(person, "user.called", by=None, customer=customer)
    third = record(person, "user.called", by=None, customer=customer.pk)
    record(other, "customer.renamed", by=None)
    record(person, "user.hired", by=None)
    assert list(Event.objects.of_customer(customer.pk)) == [third, second, first]


@pytest.mark.django_db
def test_data_may_hold_whatever_json_can_say():
    person = make.user()
    event = record(
        person,
        "user.hired",
        by=None,
        day=date(2026, 2, 3),
        at=datetime(2026, 2, 3, 4, 5, tzinfo=UTC),
        money=Decimal("12.30"),
        who=person,
        some={3, 1, 2},
        text=gettext_lazy("Every hour"),
    )
    event.refresh_from_db()
    assert event.data | {"text": ""} == {
        "day": "2026-02-03",
        "at": "2026-02-03T04:05:00Z",
        "money": "12.30",
        "who": person.pk,
        "some": [1, 2, 3],
        "text": "",
    }


@pytest.mark.django_db
def test_what_json_cannot_say_and_what_is_not_saved_is_refused():
    with pytest.raises(TypeError):
        record(make.user(), "user.hired", by=None, what=object())
    with pytest.raises(ValueError, match="saved"):
        record(Event(), "event.made", by=None)


@pytest.mark.django_db
@pytest.mark.parametrize("change", CHANGES)
def test_the_application_has_no_right_to_change_events(change):
    record(make.user(), "user.hired", by=None)
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)
    assert Event.objects.get().verb == "user.hired"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("role", ["crm_owner", "postgres"])
def test_even_the_owner_cannot_change_events(change, role):
    with transaction.atomic():
        record(make.user(), "user.hired", by=None)
    link = superuser(settings.DATABASES["default"]["NAME"])
    with link.cursor() as cursor:
        cursor.execute(f"SET ROLE {role}")
        with pytest.raises(psycopg2.errors.RaiseException, match=REFUSED):
            cursor.execute(change)
    link.close()
    assert Event.objects.get().verb == "user.hired"


def test_only_what_is_retold_carries_a_time_of_the_past(db):
    person, long_ago = make.user(), datetime(2026, 3, 1, 9, tzinfo=UTC)
    with retold(long_ago):
        record(person, "user.hired", by=None)
    record(person, "user.moved", by=None)
    first, second = Event.objects.order_by("pk")
    assert (first.at, second.at > long_ago) == (long_ago, True)
    with pytest.raises(ValueError, match="before it happens"), retold(timezone.now() + timedelta(hours=1)):
        record(person, "user.left", by=None)
