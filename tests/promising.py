"""Promises to pay for tests, made by the operation itself."""

from datetime import timedelta
from decimal import Decimal
from itertools import count

from django.utils import timezone

from billing.dunning.promises import making
from billing.models import PaymentPromise
from tests import dunning, make, money

number = count(1)


def clerk(account):
    return make.user("dunning_clerk", account.branch)


def account(amount="100.00", days=5, **fields):
    """One that is overdue, with an open case."""
    made = dunning.overdue(days, amount, **fields)
    dunning.case(made)
    return made


def parts(*amounts, first=3, step=30, at=None):
    """By the third day, then every thirty days, so much each."""
    day = timezone.localdate(at)
    return [(day + timedelta(first + step * n), Decimal(amount)) for n, amount in enumerate(amounts)]


def promise(account, said=None, by=None, **fields):
    fields = {"key": f"promise {next(number)}"} | fields
    return making.promise(account, said or parts(str(account.owed)), by=by or clerk(account), **fields)


def late(promise, days=1):
    """Every part was due so many days ago; the database alone can say so."""
    due(promise, -days)


def due(promise, days):
    """Every part is due in so many days."""
    day = timezone.localdate() + timedelta(days)
    promise.parts.update(due_on=day)
    PaymentPromise.objects.filter(pk=promise.pk).update(next_on=day)


def states(account):
    return list(PaymentPromise.objects.filter(account=account).order_by("pk").values_list("state", flat=True))


def kept(promise):
    """Of each part, whether it is kept."""
    return [moment is not None for moment in promise.parts.values_list("kept_at", flat=True)]


def paid(account, amount):
    return money.payment(account, amount)
