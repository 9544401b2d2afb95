"""What was booked for a day comes true on it: account managers and plans."""

from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from customers.models import Customer, Line, LinePlan, ManagerAssignment

BATCH = 200
NOBODY = 0  # no person has this id
SPAN = 20_000  # ids of plan periods looked through in one step


def apply_assignments(run, today=None):
    """One step: customers whose manager is not the one of `today`. More remain while a batch was full."""
    today = today or timezone.localdate()
    late = list(led_by_another(today).order_by("pk")[:BATCH])
    run.done += sum(customer.follow_assignments(today) for customer in late)
    return len(late) == BATCH


def led_by_another(today):
    """Customers whose copied manager is not the assigned one of `today`."""
    assigned = ManagerAssignment.objects.on(today)
    held = Subquery(assigned.filter(customer=OuterRef("pk")).values("manager")[:1])
    touched = Customer.objects.filter(Q(manager__isnull=False) | Q(pk__in=assigned.values("customer")))
    copied = touched.alias(copied=Coalesce(F("manager"), NOBODY), held=Coalesce(held, NOBODY))
    return copied.exclude(copied=F("held"))


def apply_plans(run, today=None):
    """One step: lines whose plan is not the one of `today`, among the next periods by id."""
    today = today or timezone.localdate()
    after = run.cursor.get("after", 0)
    last = LinePlan.objects.filter(pk__gt=after).order_by("-pk").values_list("pk", flat=True).first()
    if last is None:
        return False
    upto = min(after + SPAN, last)
    due = LinePlan.objects.filter(pk__gt=after, pk__lte=upto).on(today).exclude(plan=F("line__plan"))
    for line in Line.objects.filter(pk__in=due.values("line")).order_by("pk"):
        run.done += line.follow_plan(today)
    run.cursor["after"] = upto
    return upto < last
