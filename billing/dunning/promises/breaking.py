"""Promises whose day has passed: broken, and the ladder goes on at once (domain 4.3)."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from billing import ledger
from billing.dunning.days import DayIn
from billing.dunning.promises.ending import end
from billing.dunning.promises.keeping import look
from billing.dunning.resuming import go_on
from billing.models import PaymentPromise
from work import notices, owing
from work.leaders import leader_at
from work.models.states import Kind, Origin, Priority

BATCH = 200
LOOKED_BACK = timedelta(days=365)  # a second one broken within it concerns a person
TIME = timedelta(days=1)  # to speak with a customer who broke two
State = PaymentPromise.State


def overdue(at: datetime):
    """The open promises of which a part is not kept and its day, in the branch, is over."""
    return PaymentPromise.objects.filter(state=State.OPEN, next_on__lt=DayIn(at))


@transaction.atomic
def break_some(at: datetime) -> int:
    """Break a batch of them, unless the money came in meanwhile; how many accounts were looked at."""
    accounts = ledger.lock(overdue(at).order_by("pk").values_list("account", flat=True)[:BATCH])
    look(accounts, at)
    late = overdue(at).filter(account__in=accounts).order_by("account")
    for promise in late.select_related("account__branch", "account__customer__manager", "account__customer__unit"):
        _break(promise, at)
    return len(accounts)


def _break(promise, at):
    end(promise, State.BROKEN, at, by=None)
    go_on(promise.account, at, at_once=True)
    broken = PaymentPromise.objects.filter(account=promise.account_id, state=State.BROKEN)
    times = broken.filter(ended_at__gt=at - LOOKED_BACK).count()
    if times > 1:
        _tell(promise, times, at)


def _tell(promise, times, at):
    """A task for the customer's manager, or for the people of their unit, and a notice to the leader."""
    customer = promise.account.customer
    manager = customer.manager
    words = _("Promise to pay broken again (account %(account)s, %(n)s in 12 months): agree what comes next")
    owing.owe(
        customer,
        Kind.PROACTIVE,
        words % {"account": promise.account.ref, "n": times},
        key=f"promise-broken:{promise.pk}",
        due_at=at,
        late_at=at + TIME,
        by=None,
        owner=manager if manager and owing.follows_up(manager, customer.branch_id) else None,
        unit=customer.unit,
        about=promise,
        origin=Origin.RULE,
        priority=Priority.HIGH,
    )
    if leader := leader_at(customer.unit, but=customer.manager_id):
        about = {"account": promise.account.ref, "n": times}
        key = f"payment_promise.broken_again:{promise.pk}"
        notices.ring(
            leader, "payment_promise.broken_again", key=key, subject=promise, customer=customer, at=at, **about
        )
