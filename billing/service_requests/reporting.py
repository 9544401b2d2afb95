"""What the billing system did with a line by itself: the same path through the answers, recorded as its decision."""

from datetime import datetime
from uuid import uuid4

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.trail import record
from billing.dunning.days import day_in
from billing.models import ServiceRequest
from billing.service_requests import answering, asking
from billing.service_requests.lines import account_of
from billing.service_requests.locking import lock_account
from customers.models import Line
from staff.models import User

Action, Origin, Status = ServiceRequest.Action, ServiceRequest.Origin, Line.Status
DONE = {
    Status.ACTIVE: Action.RESTORE,
    Status.VOLUNTARY_HOLD: Action.HOLD,
    Status.SUSPENDED_ONE_WAY: Action.SUSPEND_ONE_WAY,
    Status.SUSPENDED_TWO_WAY: Action.SUSPEND_TWO_WAY,
    Status.OFF_NET: Action.CANCEL,
}


@transaction.atomic
def report(
    line: Line, status: str, *, ref: str, at: datetime, by: User | None, because: str = "other", reason: str = ""
) -> ServiceRequest | None:
    """The line is `status` since `at`; `ref` is the billing system's own number of that, and twice is once.

    What was asked for and comes to the same is confirmed by it. Otherwise it is a request of the billing system's own,
    confirmed at once; None where the line was so already. `because` is "arrears" or "other": what was stopped for
    arrears while nothing undisputed is overdue is asked back at once. ValidationError for a line nobody pays for.
    """
    account = account_of(line)
    if account is None:
        raise ValidationError(_("Nobody pays for this line."), code="account")
    account = lock_account(account.pk)
    if known := line.service_requests.filter(details__ref=ref).first():
        return known
    said = {"ref": ref, "because": because}
    request = _asked_for(line, status) or _own(account, line, status, by=by, at=at, reason=reason)
    if request is None:
        return None
    ServiceRequest.objects.filter(pk=request.pk).update(details=request.details | said)
    request = answering.confirm(request, by=by, at=at)
    now = timezone.now()  # what was done before is judged by what is owed today
    if because == "arrears" and not account.bills.dunned(day_in(account.branch, now)).exists():
        asking.restore([account.pk], now, by=None)
    return request


def _asked_for(line, status):
    """What is open and comes to the same."""
    actions = (Action.RESTORE, Action.RECLAIM) if status == Status.ACTIVE else (DONE[status],)
    return line.service_requests.unanswered().filter(action__in=actions).order_by("-pk").first()


def _own(account, line, status, *, by, at, reason):
    """A request nobody made; None where the line is so already."""
    line.refresh_from_db(fields=["status"])
    if line.status == status:
        return None
    given_back = status == Status.ACTIVE and line.status == Status.OFF_NET
    request = ServiceRequest.objects.create(
        branch_id=account.branch_id,
        account=account,
        line=line,
        action=Action.RECLAIM if given_back else DONE[status],
        origin=Origin.BILLING,
        key=f"billing:{uuid4()}",
        reason=reason.strip(),
        asked_by=by,
        asked_at=at,
    )
    record(request, "service_request.asked", by=by, action=request.action, origin=request.origin)
    return request
