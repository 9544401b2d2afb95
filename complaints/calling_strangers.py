"""Calling back a caller who is no customer: no follow-up can be owed to them, so the complaint itself counts the tries.

They are given up by the same rules as customers (`work.retrying`).
"""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from complaints import handling
from complaints.models import Complaint, Note
from complaints.models.states import Satisfied
from staff.models import User
from work import retrying
from work.models import FollowUpRules
from work.models.states import FAILED, Outcome, Result

SATISFIED = {Result.SATISFIED: Satisfied.SATISFIED, Result.NEUTRAL: Satisfied.NEUTRAL}


def tried(one: Complaint, outcome: str, result: str, *, by: User, at: datetime, note: str, call_at: datetime | None):
    """What follows from one call, whose note the complaint has already and which the caller holds. Nothing is planned
    for `call_at`: the note says when they want to be called.
    """
    if result == Result.DISSATISFIED:
        handling.reopen(one, by=by, at=at, reason=note or _("Not satisfied when called back"))
    elif result:
        handling.close(one, by=by, at=at, satisfied=SATISFIED[result])
    elif outcome == Outcome.REFUSED:
        handling.close(one, by=by, at=at, satisfied=Satisfied.UNREACHED, reason=_("Wants no call"))
    elif outcome in FAILED:
        _give_up(one, outcome, by=by, at=at)


def _give_up(one, outcome, *, by, at):
    since = one.resolved_at or one.received_at
    tries = list(one.notes.filter(kind=Note.Kind.TRIED, at__gte=since).order_by("at").values_list("at", flat=True))
    rules, zone = FollowUpRules.of(one.branch_id), ZoneInfo(one.unit.time_zone)
    if retrying.next_try(rules, tries, outcome, zone=zone) is None:
        reason = _("Not reached in %(n)s tries") % {"n": len(tries)}
        handling.close(one, by=by, at=at, satisfied=Satisfied.UNREACHED, reason=reason)
