"""Accounts that owe, with the history that the ladder asks for, made by the product itself at earlier moments.

Each first hears what it owes on the days that the branch's own scenario says, through the gateway, which behaves until
the faults begin; what the ladder stopped in the past the billing system confirmed then. So today the next step is due.
"""

import random
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from billing import ledger
from billing.dunning import carrying_out, planning, recording
from billing.models import Account, Bill, CaseStep, ServiceRequest
from billing.service_requests import answering
from chaos.rungs import CANCELLED, ONE_WAY, TWO_WAY
from customers.models import Customer, Line, Tier
from customers.search.index import index
from outreach.models import Message
from outreach.sending import sms
from staff.models import Unit

FIRST, SECOND, ANNOUNCED = 1, 7, 10  # days overdue, when the messages before the stop are written
DAYS = (FIRST, ONE_WAY, TWO_WAY, SECOND, ONE_WAY, CANCELLED, ANNOUNCED, ONE_WAY)
DAY = timedelta(days=1)


def plant(home: Unit, many: int, spread: int) -> list[dict]:
    """So many accounts of `home`, [{account, ref, amount, days}]; for half of them today is planned already, at moments
    within `spread` seconds: the others are left to the job.
    """
    with transaction.atomic():
        accounts = [_account(home, n) for n in range(many)]
        index([account.customer_id for account in accounts])
        owed = [_owe(account, DAYS[n % len(DAYS)]) for n, account in enumerate(accounts)]
    _live_through(accounts[0].pk)
    _plan_today(accounts[0].pk, many // 2, spread)
    return owed


def _account(home, n):
    tier = Tier.objects.filter(branch=home.home, mark=Tier.Mark.NONE).last()
    known = {"branch": home.home, "unit": home, "tier": tier}
    customer = Customer.objects.create(number=f"CHAOS{n:05}", name="张伟", **known)
    customer.add_number("contact", f"137{n:08}", by=None)
    for k in range(1 + n % 2):
        ref = f"CHAOS-{n}-{k}"
        Line.objects.create(branch=home.home, customer=customer, ref=ref, kind="mobile", number=f"1360{n:06}{k}")
    return Account.objects.create(branch=home.home, customer=customer, ref=f"CHAOS-{n}", way="cash")


def _owe(account, days):
    due_on, amount = timezone.localdate() - days * DAY, Decimal(40 + account.pk % 60)
    month = (due_on.replace(day=1) - DAY).replace(day=1)
    when = {"month": month, "issued_on": due_on - 20 * DAY, "due_on": due_on}
    ledger.book_bills([Bill(branch=account.branch, account=account, ref=account.ref, amount=amount, **when)])
    return {"account": account.pk, "ref": account.ref, "amount": str(amount), "days": days}


def _live_through(first):
    """Day by day until yesterday."""
    for back in range(CANCELLED, 0, -1):
        at = timezone.now() - back * DAY
        planned = planning.plan_some(first - 1, at)
        while carrying_out.carry_out(at):
            pass
        if planned.steps:
            _send(at)
            _confirm(first, at)


def _send(at: datetime):
    """The gateway takes the messages now; in the books it did so then."""
    began = timezone.now()
    sms()
    Message.objects.filter(accepted_at__gte=began).update(submitted_at=at, accepted_at=at)
    recording.record_taken(at)


def _confirm(first, at: datetime):
    for request in ServiceRequest.objects.unanswered().filter(account__gte=first):
        answering.accept(request, at=at)
        answering.confirm(request, at=at)


def _plan_today(first, most, spread):
    chance = random.Random(first)
    planning.plan_some(first - 1, at := timezone.now(), most)
    steps = list(CaseStep.objects.filter(state=CaseStep.State.PLANNED, case__account__gte=first))
    for one in steps:
        one.look_at = at + timedelta(seconds=chance.uniform(0, spread))
    CaseStep.objects.bulk_update(steps, ["look_at"])
