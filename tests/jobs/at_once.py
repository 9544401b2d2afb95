"""Doing something with all that a list shows, as the tests of it do."""

from uuid import uuid4

from complaints.models import Complaint
from jobs import runs
from jobs.models import Bulk
from tests import complaining, make

DESK = "complaint_desk"


def complaints(hall, n=3, **fields):
    of, by = complaining.category(hall.branch), make.user("clerk", hall)
    return [complaining.complaint(make.reachable(hall), by, category=of, **fields) for _n in range(n)]


def ask(browser, name, action, query="", **told):
    """The page of what was asked for, with its preview made."""
    answer = browser.post(f"/bulk/new/{name}/?{query}", {"action": action, "key": uuid4()} | told)
    assert answer.status_code == 302, answer.context["forms"]
    runs.work_off()
    return Bulk.objects.latest("pk")


def go(browser, bulk):
    assert browser.post(f"/bulk/{bulk.pk}/go/").status_code == 302
    runs.work_off()


def undo(browser, bulk):
    assert browser.post(f"/bulk/{bulk.pk}/undo/").status_code == 302
    runs.work_off()


def states(bulk):
    return list(bulk.rows.order_by("pk").values_list("state", flat=True))


def owners(made):
    return list(
        Complaint.objects.filter(pk__in=[one.pk for one in made]).order_by("pk").values_list("owner", flat=True)
    )
