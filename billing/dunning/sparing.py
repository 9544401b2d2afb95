"""What is asked of the billing system for a line that is exempt from now on."""

from datetime import datetime

from billing import ledger
from billing.models import ServiceRequest
from billing.service_requests.lines import account_of
from billing.service_requests.locking import lock_requests
from billing.service_requests.withdrawing import withdraw_all
from customers.models import Line
from staff.models import User


def spare(line: Line, at: datetime, *, by: User):
    """Withdraw the stops for arrears that are only asked for. Locks the accounts that pay for the line, and them."""
    stops = ServiceRequest.objects.for_arrears().filter(line=line)
    payer = account_of(line)
    ledger.lock({*stops.values_list("account", flat=True), *([payer.pk] if payer else [])})
    withdraw_all(lock_requests(stops.unanswered().values_list("pk", flat=True)), by=by, at=at)
