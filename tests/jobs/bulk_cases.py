"""Cases of what is done with a whole list at once; see tests/jobs/cases.py."""

from complaints.models import Complaint
from jobs import runs
from jobs.bulk import asking, lists
from tests import complaining, make

MANY = 7


def prepared():
    """Complaints that all can be raised but two, and the person who asks for it."""
    hall = make.unit()
    of, by = complaining.category(hall.branch), make.user("clerk", hall)
    for n in range(MANY):
        complaining.complaint(make.reachable(hall), by, category=of, level=2 if n < 2 else 1)
    desk, listed = make.user("complaint_desk", hall.branch), lists.get("complaints")
    told = {"level": "2", "reason": "升级"}
    rows = Complaint.objects.visible_to(desk)
    return asking.prepare(listed, listed.action("raise"), by=desk, rows=rows, query="", told=told, key="k"), listed


def state(bulk):
    def read():
        levels = list(Complaint.objects.order_by("pk").values_list("level", "edition"))
        return list(bulk.rows.order_by("pk").values_list("state", "reason")), levels

    return read


def previewing():
    bulk, _listed = prepared()
    return lambda: bulk.check_run, state(bulk)


def doing():
    bulk, _listed = prepared()
    runs.work_off()
    return lambda: asking.go(bulk, by=bulk.asked_by).run, state(bulk)


def undoing():
    bulk, listed = prepared()
    runs.work_off()
    asking.go(bulk, by=bulk.asked_by)
    runs.work_off()
    return lambda: asking.undo(bulk, listed.action("raise"), by=bulk.asked_by).undo_run, state(bulk)


CASES = {asking.CHECK: previewing, asking.DO: doing, asking.UNDO: undoing}
