"""Which number of a customer is called."""

from django.db.models import Q
from django.utils import timezone

from customers.models import Identifier

CALLED = [Identifier.Kind.CONTACT, Identifier.Kind.SERVICE]


def numbers_of(customer):
    """The numbers in use (Identifier), contact numbers first."""
    today = timezone.localdate()
    current = Q(valid_to=None) | Q(valid_to__gt=today)
    return Identifier.objects.filter(current, customer=customer, kind__in=CALLED).order_by("kind", "pk")


def first_numbers(customers) -> dict[int, str]:
    """{id of the customer: the number to call}, in one query."""
    current = Q(valid_to=None) | Q(valid_to__gt=timezone.localdate())
    rows = Identifier.objects.filter(current, customer__in={one.pk for one in customers}, kind__in=CALLED)
    return dict(rows.order_by("customer", "kind", "pk").distinct("customer").values_list("customer", "written"))


def another(follow_up, tried: str, *, wrong: bool) -> str:
    """The number for the next try: another one where there is one; a wrong number is not tried again."""
    passed = {*follow_up.passed_numbers, *([tried] if wrong else [])}
    written = numbers_of(follow_up.customer).values_list("written", flat=True)
    left = [number for number in written if number not in passed]
    others = [number for number in left if number != tried]
    return (others or left or [""])[0]
