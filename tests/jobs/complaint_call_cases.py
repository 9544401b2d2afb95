"""Cases of the jobs of callbacks, surveys and suggestions; see `tests.jobs.cases`."""

from datetime import timedelta

from django.utils import timezone

from complaints.models import Suggestion, Survey
from tests import complaining, make
from tests.jobs.case import case
from work.models import FollowUp, Notice


@case("complaints.surveys")
def surveys():
    """More than a batch of closed complaints: of customers with a number, without one, and of one twice."""
    hall, now = make.unit("hall"), timezone.now()
    by, kind = make.user("complaint_desk", hall.home), complaining.category(hall.home)
    told = {"state": "closed", "answer": "好", "satisfied": "unreached", "ended_at": now, "resolved_at": now}
    for n in range(30):
        for customer in (make.reachable(hall), make.customer(hall)):
            complaining.complaint(customer, by, category=kind, **told)
        if n == 7:
            complaining.complaint(customer, by, category=kind, **told)
    return {}, lambda: list(Survey.objects.order_by("complaint").values_list("complaint", "not_asked"))


@case("complaints.late_suggestions")
def late_suggestions():
    """More than a batch of suggestions that are late, and one that is not."""
    hall, now = make.unit("hall"), timezone.now()
    make.user("branch_head", hall.home)
    customer, by, topic = make.customer(hall), make.user("clerk", hall), complaining.topic(hall.home)
    for n in range(110):
        due_at = now + timedelta(days=1 if n == 7 else -1)
        complaining.suggestion(customer, by=by, topic=topic, due_at=due_at)

    def state():
        told = Suggestion.objects.exclude(late_told_at=None).count()
        return told, Notice.objects.filter(kind="suggestion.late").count()

    return {}, state


@case("complaints.calls_over")
def calls_over():
    """More than a batch of callbacks that nobody waits for, and one that is waited for."""
    hall, now = make.unit("hall"), timezone.now()
    by, kind = make.user("complaint_desk", hall.home), complaining.category(hall.home)
    customer = make.reachable(hall)
    for n in range(110):
        due = n == 7
        told = {"state": "callback_due" if due else "in_progress", "reopened": 0 if due else 1}
        one = complaining.complaint(customer, by, category=kind, answer="好", resolved_at=now, **told)
        about = {"about_type": "complaints.complaint", "about_id": one.pk}
        make.follow_up(customer, key=f"complaint:{one.pk}:1", keeps_time=True, **about)
    return {}, lambda: sorted(FollowUp.objects.values_list("state").distinct())
