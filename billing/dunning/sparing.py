"""What is asked of the billing system for a line that is exempt from now on."""

from datetime import datetime

from billing import ledger
from billing.dunning.again import take_again
from billing.models import Exemption, ServiceRequest
from billing.service_requests import asking
from billing.service_requests.lines import account_of
from billing.service_requests.locking import lock_requests
from billing.service_requests.refusing import SUSPENDED
from billing.service_requests.withdrawing import withdraw_all
from staff.models import User

Action, Origin, State = ServiceRequest.Action, ServiceRequest.Origin, ServiceRequest.State


def spare(exemption: Exemption, at: datetime, *, by: User):
    """Withdraw the stops for arrears that are only asked for, and ask back the line that one stopped, or is about to.

    Locks the accounts that pay for the line, and the requests.
    """
    line = exemption.line
    stops = ServiceRequest.objects.for_arrears().filter(line=line)
    payer = account_of(line)
    ledger.lock({*stops.values_list("account", flat=True), *([payer.pk] if payer else [])})
    withdrawn = withdraw_all(lock_requests(stops.unanswered().values_list("pk", flat=True)), by=by, at=at)
    line.refresh_from_db()
    stop = stops.filter(state__in=(State.ACCEPTED, State.CONFIRMED)).order_by("-pk").first()
    is_stopped = stop and (stop.state == State.ACCEPTED or line.status in SUSPENDED)
    asked = line.service_requests.unanswered().filter(action=Action.RESTORE).exists()
    if is_stopped and not asked:
        told = {"key": f"exempt:{exemption.pk}", "reason": exemption.reason, "by": by, "at": at}
        asking.ask(stop.account, line, Action.RESTORE, origin=Origin.STAFF, **told)
    take_again(withdrawn, at)  # other lines of the account are none of this; cases are locked last
