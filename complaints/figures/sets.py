"""Which complaints a figure counts: each set is one condition, for the number as for the list behind it (domain 4.1).

All are of the complaints received in a period. Drafts and what was merged into another one are not among them: a matter
is counted once.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F, FilteredRelation, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from complaints.models import CallbackAnswer, Complaint, ComplaintRules, RegulatorCase
from complaints.models.complaints import of_people
from complaints.models.states import IN_HAND, Satisfied, State
from staff.models import Unit, User

FIGURES = "complaints.figures"
SAID = (Satisfied.SATISFIED, Satisfied.NEUTRAL, Satisfied.DISSATISFIED)
COUNTED_ELSEWHERE = (State.DRAFT, State.MERGED)


@dataclass(frozen=True)
class Asked:
    """The period [since, until), the moment that is now, and after how many days without a repeat it was solved."""

    branch: Unit
    since: datetime
    until: datetime
    at: datetime
    fcr_days: int

    @classmethod
    def of(cls, branch: Unit, since: datetime, until: datetime, at: datetime) -> "Asked":
        return cls(branch, since, until, at, ComplaintRules.of(branch).fcr_days)


@dataclass(frozen=True)
class Set:
    label: Promise
    condition: Callable[[Asked], Q]


def rows_of(user: User, branch: Unit) -> QuerySet[Complaint]:
    """What the person's figures are made of: what they may see, as far as the right to figures reaches."""
    seen = Complaint.objects.visible_to(user).filter(of_people(user, FIGURES), branch=branch)
    return seen.exclude(state__in=COUNTED_ELSEWHERE)


def with_clocks(rows: QuerySet[Complaint]) -> QuerySet[Complaint]:
    """With the clocks of the first round, one row each: what the conditions ask about."""
    first = {
        kind: FilteredRelation("clocks", condition=Q(clocks__kind=kind, clocks__round=1))
        for kind in ("contact", "result", "legal")
    }
    return rows.alias(**{f"{kind}_clock": one for kind, one in first.items()})


def _is_due(kind):
    """It was done, or should have been by now; what waits for the customer is not late."""

    def condition(asked):
        clock = f"{kind}_clock__"
        still = {"met_at": None, "stopped_at": None, "paused_at": None, "due_at__lt": asked.at}
        return Q(**{f"{clock}met_at__isnull": False}) | Q(**{clock + name: value for name, value in still.items()})

    return condition


def _in_time(kind):
    return lambda asked: Q(**{f"{kind}_clock__met_at__lte": F(f"{kind}_clock__due_at")})


def _judged(asked):
    """The result was asked about, or is not asked about any more."""
    return Q(state=State.CLOSED, imported=False) | Q(reopened__gt=0, imported=False)


def _called(asked):
    answers = CallbackAnswer.objects.filter(complaint__branch=asked.branch, at__gte=asked.since)
    return _judged(asked) & Q(pk__in=answers.values("complaint"))


def _over(asked):
    """The days in which it might be repeated are over, or it was reopened before."""
    return Q(resolved_at__lte=asked.at - timedelta(days=asked.fcr_days)) | Q(reopened__gt=0)


def _at_once(asked):
    """The list of repeats is read once, not for each complaint."""
    soon = F("repeats__resolved_at") + timedelta(days=asked.fcr_days)
    again = Complaint.objects.filter(branch=asked.branch, received_at__gte=asked.since, repeats__isnull=False)
    again = again.filter(received_at__lte=soon, received_at__gte=F("repeats__resolved_at"))
    return Q(resolved_at__lte=asked.at - timedelta(days=asked.fcr_days), reopened=0) & ~Q(
        pk__in=again.values("repeats")
    )


def _appealed(asked):
    cases = RegulatorCase.objects.filter(complaint__branch=asked.branch, received_at__gte=asked.since)
    return Q(pk__in=cases.values("complaint"))


SETS = {
    "received": Set(_("Received"), lambda asked: Q(pk__isnull=False)),
    "open": Set(_("Not over yet"), lambda asked: Q(ended_at=None)),
    "contacted": Set(_("Spoken with"), lambda asked: Q(contact_clock__met_at__isnull=False)),
    "contact_due": Set(_("To be spoken with by now"), _is_due("contact")),
    "contact_in_time": Set(_("Spoken with in time"), _in_time("contact")),
    "answer_due": Set(_("To be answered by now"), _is_due("result")),
    "in_time": Set(_("Answered in time"), _in_time("result")),
    "law_due": Set(_("To be answered by law until now"), _is_due("legal")),
    "law_kept": Set(_("Answered within the days of the law"), _in_time("legal")),
    "answered": Set(_("Answered"), lambda asked: Q(resolved_at__isnull=False) & ~Q(state__in=IN_HAND)),
    "answered_once": Set(_("Answered at least once"), lambda asked: Q(resolved_at__isnull=False)),
    "on_spot": Set(_("Settled on the spot"), lambda asked: Q(on_spot=True, resolved_at__isnull=False)),
    "fcr_over": Set(_("Answered so long ago that a repeat would be known"), _over),
    "fcr": Set(_("Solved at first"), _at_once),
    "reopened": Set(_("Reopened"), lambda asked: Q(reopened__gt=0, resolved_at__isnull=False)),
    "repeated": Set(_("Repeated"), lambda asked: Q(is_repeat=True)),
    "escalated": Set(_("Escalated"), lambda asked: Q(escalated_at__isnull=False)),
    "judged": Set(_("Called back, or tried to"), _judged),
    "reached": Set(_("Reached in the callback"), _called),
    "said": Set(_("Said whether they are satisfied"), lambda asked: _judged(asked) & Q(satisfied__in=SAID)),
    "satisfied": Set(_("Satisfied"), lambda asked: _judged(asked) & Q(satisfied=Satisfied.SATISFIED)),
    "appealed": Set(_("Went to the regulator"), _appealed),
}


def behind(rows: QuerySet[Complaint], asked: Asked, code: str, row: Q | None = None) -> QuerySet[Complaint]:
    """The complaints that a figure counts, among all or in one row of a split."""
    found = with_clocks(rows).filter(SETS[code].condition(asked))
    return found if row is None else found.filter(row)
