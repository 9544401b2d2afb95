"""Where a customer is reached, and whose a number is."""

from django.db.models import Q
from django.utils import timezone

from customers.models import Customer, Identifier
from customers.numbers import MOBILE
from outreach.kinds import Channel
from outreach.models import ContactPreference

DIALLED = (Identifier.Kind.CONTACT, Identifier.Kind.SERVICE)  # in this order


def of(customers, channel, today=None) -> dict:
    """id of each customer → (address, ""), or ("", why there is none: a code of outreach.reasons)."""
    ids = [customer.pk for customer in customers]
    found = _emails(ids) if channel == Channel.EMAIL else _mobiles(ids, today or timezone.localdate())
    nothing = ("", "no_email" if channel == Channel.EMAIL else "no_number")
    left = {customer.pk for customer in customers if customer.status == Customer.Status.LEFT}
    return {pk: ("", "left") if pk in left else found.get(pk, nothing) for pk in ids}


def _emails(ids):
    rows = ContactPreference.objects.filter(customer__in=ids).exclude(email="")
    return {pk: (email, "") for pk, email in rows.values_list("customer", "email")}


def _mobiles(ids, today):
    """The newest contact number that takes text messages, else the newest service number."""
    rows = Identifier.objects.filter(current_on(today), customer__in=ids, kind__in=DIALLED).order_by("kind", "-pk")
    found = {}
    for pk, value in rows.values_list("customer", "value"):
        if found.get(pk, ("",))[0]:
            continue
        found[pk] = (value, "") if MOBILE.fullmatch(value) else ("", "not_a_mobile")
    return found


def current_on(day):
    """Identifiers that count on a day; `valid_to` is the first day on which one does not any more."""
    return Q(valid_to=None) | Q(valid_to__gt=day)


def owners(number, today=None) -> list[Customer]:
    """The customers with this current number, in the order of their ids: a number may be a family's."""
    today = today or timezone.localdate()
    held = Identifier.objects.filter(current_on(today), ~Q(kind="id_document"), kind__in=DIALLED, value=number)
    return list(Customer.objects.filter(pk__in=held.values("customer")).order_by("pk"))
