"""Cases of the clocks of complaints; see tests/jobs/cases.py."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from complaints.clocks.following import follow
from complaints.models import Clock, Complaint, Escalated
from tests import complaining, make
from work.models import Notice

MANY = 12


def begun(days):
    """Complaints of one class that were accepted so many days ago, in a branch with a head."""
    unit = make.unit()
    make.user("branch_head", unit.branch)
    by, of, at = make.user("clerk", unit), complaining.category(unit.branch), timezone.now() - timedelta(days)
    made = [complaining.complaint(make.reachable(unit), by, category=of, received_at=at) for _n in range(MANY)]
    with transaction.atomic():
        for one in made:
            follow(one, at)
    return made


def ladder():
    begun(days=4)

    def state():
        steps = Escalated.objects.order_by("complaint", "clock", "pk").values_list("clock__kind", "step")
        levels = list(Complaint.objects.order_by("pk").values_list("level", flat=True))
        return list(steps), levels, Notice.objects.filter(kind__startswith="complaint.").exists()

    return {}, state


def verify():
    """Clocks of which some were broken."""
    made = begun(days=1)
    Clock.objects.filter(complaint__in=made[:5], kind="result").update(due_at=timezone.now())

    def state():
        clocks = Clock.objects.order_by("complaint", "kind")
        return [(one.kind, one.due_at - one.started_at) for one in clocks if one.kind != "legal"]

    return {}, state


def appeals():
    """Some that the regulator decides about within a day, and one that has time."""
    soon = timezone.now() + timedelta(hours=5)
    for n, one in enumerate(begun(days=1)):
        complaining.appeal(one, decide_by=soon if n else soon + timedelta(days=5))
    return {}, lambda: Notice.objects.filter(kind="complaint.appeal_due").count()


CASES = {"complaints.ladder": ladder, "complaints.verify": verify, "complaints.appeals": appeals}
