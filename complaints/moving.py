"""The only door through which a complaint moves: its row, the log, the event and the clocks go together (4.1).

Locks are taken in this order: accounts, service requests, lines, cases, follow-ups, then complaints by id, and last
what belongs to a complaint.
"""

from collections.abc import Iterable
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import F
from django.utils.translation import gettext as _

from audit.trail import record
from complaints.clocks.following import follow
from complaints.models import Complaint, StateChange
from complaints.models.states import OVER, State
from staff.models import User


class Outdated(ValidationError):
    """Somebody changed the complaint after it was read."""

    def __init__(self):
        super().__init__(_("Somebody else changed this complaint in the meantime."), code="outdated")


def hold(ids: Iterable[int]) -> dict[int, Complaint]:
    """{id: complaint} locked in the order of the ids and read afresh; RuntimeError outside a transaction."""
    if not connection.in_atomic_block:
        raise RuntimeError("a complaint is held within the transaction that changes it")
    rows = Complaint.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=set(ids)).order_by("pk")
    return {one.pk: one for one in rows}


def held(complaint: Complaint, edition: int | None = None) -> Complaint:
    """The complaint locked and read afresh; Outdated where `edition` is not the one the person saw."""
    found = hold([complaint.pk])[complaint.pk]
    if edition is not None and found.edition != edition:
        raise Outdated
    return found


def move(complaint: Complaint, state: str, *, by: User | None, at: datetime, reason: str = "", **fields) -> Complaint:
    """Move a complaint that is held to `state`, with the fields that go with it. ValidationError by code "move"."""
    was = complaint.state
    stays_under = was == State.MERGED and "merged_into" not in fields  # only taken apart does it move again
    if state not in Complaint.MOVES[was] or stays_under:
        raise ValidationError(complaint._refusal(state), code="move")
    ended = at if state in OVER else None
    keep(complaint, at, state=state, ended_at=ended, **fields)
    log(complaint, was, by=by, at=at, reason=reason)
    told = {"from": was, "to": state} | ({"reason": reason} if reason else {})
    record(complaint, "complaint.moved", by=by, customer=complaint.customer_id, **told)
    follow(complaint, at)
    return complaint


def change(complaint: Complaint, *, by: User | None, at: datetime, reason: str = "", **fields) -> Complaint:
    """Give a complaint that is held another owner or level: the state stays, and the log says who cares from here."""
    keep(complaint, at, **fields)
    log(complaint, complaint.state, by=by, at=at, reason=reason)
    follow(complaint, at)
    return complaint


def keep(complaint: Complaint, at: datetime, **fields):
    """Write these fields of a complaint that is held, one edition further: somebody has touched it."""
    fields["touched_at"] = at
    for name, value in fields.items():
        setattr(complaint, name, value)
    complaint.edition = F("edition") + 1
    complaint.save(update_fields=[*fields, "edition"])
    complaint.refresh_from_db(fields=["edition"])


def begin(complaint: Complaint, *, by: User | None, at: datetime) -> StateChange:
    """The first row of the log of a complaint that was just made."""
    first = {"n": 1, "was": "", "then": complaint.state, "owner_id": complaint.owner_id, "level": complaint.level}
    return StateChange.objects.create(complaint=complaint, at=at, by=by, reason="", **first)


def log(complaint: Complaint, was: str, *, by: User | None, at: datetime, reason: str = "") -> StateChange:
    """The next row of the log; a change of owner or level alone leaves the state as it was."""
    [row] = log_all([(complaint, was, complaint.level, reason)], by=by, at=at)
    return row


def log_all(told: Iterable[tuple], *, by: User | None, at: datetime) -> list[StateChange]:
    """As `log`, of many (complaint, state before, level then, reason) in the order in which they happened."""
    told, last, rows = list(told), {}, []
    of = {complaint.pk for complaint, *_rest in told}
    for one in StateChange.objects.filter(complaint__in=of).order_by("complaint_id", "-n").distinct("complaint_id"):
        last[one.complaint_id] = one
    for complaint, was, level, reason in told:
        before = last.get(complaint.pk)
        n, when = (before.n + 1, max(at, before.at)) if before else (1, at)
        row = last[complaint.pk] = StateChange(
            complaint=complaint, n=n, was=was, then=complaint.state, at=when,
            by=by, owner_id=complaint.owner_id, level=level, reason=reason[:500],
        )  # fmt: skip
        rows.append(row)
    return StateChange.objects.bulk_create(rows)
