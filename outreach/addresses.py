"""Where a customer is reached, and whose a number is."""

from django.db.models import Q
from django.db.models.functions import Reverse
from django.utils import timezone

from customers.models import Customer, Identifier
from customers.models.identifiers import SPELLED_OUT
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


def owners(address, today=None) -> list[Customer]:
    """The customers with this current number or mail address, in the order of their ids: it may be a family's."""
    found = _with_mail(address) if "@" in address else _with_number(address, today)
    return list(Customer.objects.filter(pk__in=found.values("customer")).order_by("pk"))


def _with_mail(address):
    return ContactPreference.objects.filter(email__iexact=address).exclude(email="")


def _with_number(number, today):
    """Whose unit nobody knows: read backwards is the one index of numbers that begins with neither unit nor person."""
    today = today or timezone.localdate()
    backwards = Identifier.objects.alias(backwards=Reverse("value")).filter(SPELLED_OUT, backwards=number[::-1])
    return backwards.filter(current_on(today), kind__in=DIALLED, value=number)
