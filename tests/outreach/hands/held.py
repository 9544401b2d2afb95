"""Messages that are due, a sender that has some of them in hand, and what became of them."""

from django.db import transaction

from outreach import sending
from outreach.closing import keep
from outreach.models import Attempt, Message
from outreach.queueing import queue
from tests import make


def owe(many, customer=None, **fields):
    customer = customer or make.reachable()
    make.rules(customer.branch, **fields.pop("rules", {}))
    code = make.template(customer.branch, **fields).code
    with transaction.atomic():
        return [queue(customer, code, key=f"k{next(make.number)}") for _ in range(many)]


def states():
    return list(Message.objects.order_by("pk").values_list("state", flat=True))


def outcomes():
    return list(Attempt.objects.order_by("pk").values_list("outcome", flat=True))


def between_calls(happens):
    """A `stop` that lets something happen after the first call of a hand, and stops nobody."""
    left = [happens]

    def stop():
        if left:
            left.pop()()
        return False

    return stop


def sent(hand, gateway, stop=lambda: False):
    """Called, and its answers kept."""
    answers = sending.call_all(hand, gateway, stop)
    keep(list(zip(hand, answers, strict=True)), gateway)
    return answers
