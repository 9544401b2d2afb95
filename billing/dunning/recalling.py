"""Stops that are only asked for, while dunning rests: what somebody promised or decided comes before them."""

from datetime import datetime

from billing.dunning.again import take_again
from billing.models import Account, ServiceRequest
from billing.service_requests.locking import lock_requests
from billing.service_requests.withdrawing import withdraw_all
from staff.models import User


def recall(account: Account, at: datetime, *, by: User | None):
    """Withdraw the stops for arrears that the billing system has not taken yet; their steps wait to be taken again.

    One query where there is none. The caller holds the account.
    """
    stops = ServiceRequest.objects.for_arrears().filter(account=account, state=ServiceRequest.State.ASKED)
    if found := list(stops.values_list("pk", flat=True)):
        take_again(withdraw_all(lock_requests(found), by=by, at=at), at)
