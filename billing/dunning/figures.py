"""How dunning stands, in figures, of what a person reaches."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q

from billing.dunning.counting import RIGHT, open_cases
from billing.models import ServiceRequest, Stage
from billing.money import Sums
from billing.service_requests.proof import unreminded


@dataclass(frozen=True)
class Figures:
    """What is said of open cases is of the moment `at` (None: of now), what is said of requests always of now."""

    at: datetime | None
    stages: list[tuple[str, str, int]]  # (code, words, open cases)
    open: int
    overdue: Sums  # undisputed, of accounts with an open case
    promised: int  # open cases whose customer has promised to pay
    restores: int  # asked for and not confirmed yet
    restores_late: int
    unreminded: int


def figures(user, branches, at: datetime) -> Figures:
    """Of the branches (ids) in which the person works; what is beyond their reach is left out."""
    cases = open_cases(user, branches, at)
    requests = ServiceRequest.objects.reached_with(RIGHT, user).filter(branch__in=branches)
    restores = requests.on_the_clock()
    return Figures(
        at=cases.at,
        stages=[(code, str(words), cases.stages[code]) for code, words in Stage.choices if cases.stages[code]],
        open=cases.stages.total(),
        overdue=cases.overdue,
        promised=cases.promised,
        **restores.aggregate(restores=Count("pk"), restores_late=Count("pk", filter=Q(due_at__lt=at))),
        unreminded=unreminded(requests),
    )
