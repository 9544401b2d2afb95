"""2,000 open complaints given to one person at once, row by row as jobs do it, against the bare operation."""

import time

ROWS, BARE = 2_000, 200


def many(size=ROWS, alone=BARE):
    """Seconds that the trial, the doing and the undoing took, and the bare operation on as many rows."""
    from complaints import assigning
    from complaints.models import Complaint
    from jobs.bulk import asking, lists
    from staff.models import Posting, Unit, User

    branch = Unit.objects.get(kind="branch")
    by, to = (User.objects.create(username=f"desk{n}", name="李", branch=branch, password="!") for n in range(2))
    for person in (by, to):
        Posting.objects.create(user=person, role="complaint_desk", unit=branch, valid_from="2020-01-01")
    of = lists.get("complaints")
    rows = Complaint.objects.visible_to(by).filter(state="accepted").order_by("pk")
    bare = list(rows[:alone])
    keys = rows.filter(pk__gt=bare[-1].pk).values("pk")[:size]
    began = time.monotonic()
    for one in bare:
        assigning.assign(one, to, by=by, reason="人手")
    figures = {"bare": (time.monotonic() - began) / alone * size}
    told = {"rows": Complaint.objects.filter(pk__in=keys), "query": "", "told": {"owner": to.pk, "reason": "人手"}}
    bulk = asking.prepare(of, of.action("give"), by=by, key="bench", **told)
    figures["tried"] = worked()
    asking.go(bulk, by=by)
    figures["done"] = worked()
    assert asking.tally(bulk) == {"done": size}, asking.tally(bulk)
    asking.undo(bulk, of.action("give"), by=by)
    return figures | {"undone": worked()}


def worked():
    """Seconds until nothing is due."""
    from jobs import runs

    began = time.monotonic()
    runs.work_off()
    return time.monotonic() - began


def report_on(report, figures):
    for what in ("tried", "done", "undone"):
        report.job(f"{ROWS:,} given at once: {what}", figures[what], figures["bare"], 2)
