"""How dunning stands, in figures, of what a person reaches."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Count, Q, Sum

from billing.models import Bill, DunningCase, PaymentPromise, ServiceRequest, Stage
from billing.service_requests.proof import unreminded

RIGHT = "billing.view_dunning"


@dataclass(frozen=True)
class Figures:
    stages: list[tuple[str, str, int]]  # (code, words, open cases)
    open: int
    overdue: Decimal  # undisputed, of accounts with an open case, in CNY
    promises: int
    restores: int  # asked for and not confirmed yet
    restores_late: int
    unreminded: int


def figures(user, branches, day: date, at: datetime) -> Figures:
    """Of the branches (ids) in which the person works; what is beyond their reach is left out."""
    cases = DunningCase.objects.seen_by(user).filter(branch__in=branches).open()
    by_stage = dict(cases.order_by().values_list("state").annotate(Count("pk")))
    requests = ServiceRequest.objects.reached_with(RIGHT, user).filter(branch__in=branches)
    restores = requests.unanswered().filter(action=ServiceRequest.Action.RESTORE)
    return Figures(
        stages=[(code, str(words), by_stage.get(code, 0)) for code, words in Stage.choices if code in by_stage],
        open=sum(by_stage.values()),
        overdue=_overdue(cases, branches, day),
        promises=PaymentPromise.objects.reached_with(RIGHT, user).filter(branch__in=branches, state="open").count(),
        **restores.aggregate(restores=Count("pk"), restores_late=Count("pk", filter=Q(due_at__lt=at))),
        unreminded=unreminded(requests),
    )


def _overdue(cases, branches, day):
    rows = Bill.objects.dunned(day).filter(branch__in=branches, account__currency="CNY")
    return rows.filter(account__in=cases.values("account")).aggregate(sum=Sum("open"))["sum"] or Decimal(0)
