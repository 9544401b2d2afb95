"""Rows and bodies of what is asked of the billing system and agreed about arrears, for operations that are tried."""

from datetime import timedelta
from uuid import uuid4

from django.utils import timezone

from tests import dunning, make, money, promising


def row(path, world):
    """A row of its own for what can be done only once; None for other paths."""
    if path.startswith("/api/v1/service-requests/{id}/"):
        return dunning.request(world.account, make.line(world.customer))
    if path.startswith("/api/v1/payment-promises/{id}/"):
        return promising.promise(promising.account(customer=world.customer))
    return dispute(world) if path.startswith("/api/v1/disputes/{id}/") else None


def dispute(world):
    bill = money.bill(world.account)
    said = {"bill": bill, "kind": "dispute", "key": uuid4().hex, "reason": "too much"}
    return world.account.holds.create(branch=world.branch, **said)


def body(resource, said, world):
    """`said` with what such a body has to name, about what is there and fresh."""
    return said | SAID[resource](world) if resource in SAID else said


def promised(world):
    account = dunning.overdue(customer=world.customer)
    day = timezone.localdate() + timedelta(days=3)
    return {"account": account.pk, "parts": [{"due_on": str(day), "amount": "59.00"}], "beyond": ""}


SAID = {
    "payment-promises": promised,
    "disputes": lambda world: {"bill": money.bill(world.account).pk, "until": None},
    "payment-reversals": lambda world: {
        "reversals": [{"payment": money.payment(world.account, "1.00").ref, "reason": "bounced"}]
    },
}
