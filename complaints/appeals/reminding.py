"""What the regulator waits for is heard of a day before, once for each of its clocks (2.1 no. 2)."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from complaints import owners
from complaints.clocks.notice_kinds import APPEAL_DUE
from complaints.models import RegulatorCase
from work.notices import ring_many

AHEAD = timedelta(days=1)
BATCH = 200


@transaction.atomic
def remind(after: int, at: datetime) -> tuple[int, int]:
    """(last id of the next batch of what is due, how many there were). A notice of one key is told once."""
    soon = at + AHEAD
    unanswered = Q(state=RegulatorCase.State.RECEIVED, decide_by__lte=soon)
    rows = RegulatorCase.objects.exclude(state=RegulatorCase.State.CLOSED).filter(pk__gt=after)
    rows = rows.filter(unanswered | Q(answer_by__lte=soon))
    found = list(rows.select_related("complaint__branch", "complaint__owner__branch").order_by("pk")[:BATCH])
    for one in found:
        clock = "answer" if one.answer_by <= soon else "decide"
        complaint = one.complaint
        people = [user for user in {*owners.heads(complaint.branch), complaint.owner} if user.pk != complaint.person_id]
        said = {"number": complaint.number, "authority": one.authority, "which": clock}
        key = f"appeal {one.pk} {clock}"
        ring_many(people, APPEAL_DUE.name, key=key, subject=complaint, customer=complaint.customer_id, at=at, **said)
    return (found[-1].pk if found else 0), len(found)
