"""What the pages show, read in a fixed number of queries."""

import json
from copy import deepcopy
from dataclasses import dataclass

from django.db.models import Count, OuterRef, Subquery

from customers.numbers import mask_phone
from webhooks.models import Attempt, Delivery, Subscription

SHOWN = 50


@dataclass(frozen=True)
class Line:
    """A subscription as the list shows it."""

    subscription: Subscription
    waiting: int
    dead: int


def lines(user) -> list[Line]:
    """Every subscription within reach, those that still work first."""
    rows = list(Subscription.objects.visible_to(user).select_related("unit").order_by("state", "-id"))
    return with_counts(rows)


def troubled(user) -> list[Line]:
    """Those that the product has paused."""
    rows = Subscription.objects.visible_to(user).standing_still().select_related("unit").order_by("-last_at")
    return with_counts(list(rows[:SHOWN]))


def with_counts(subscriptions):
    pks = [one.pk for one in subscriptions]
    dead = _counted(Delivery.objects.filter(state=Delivery.State.DEAD), pks)
    waiting = _counted(Delivery.objects.filter(state__in=Delivery.OPEN), pks)
    return [Line(one, waiting.get(one.pk, 0), dead.get(one.pk, 0)) for one in subscriptions]


def _counted(rows, pks):
    counted = rows.filter(subscription__in=pks).values_list("subscription").annotate(n=Count("pk")).order_by()
    return dict(counted)


def log(subscription, state="", before=None):
    """A page of deliveries, newest first, each with its `last` attempt; and the id to go on from."""
    rows = subscription.deliveries.order_by("-id")
    if state in Delivery.State.values:
        rows = rows.filter(state=state)
    if before:
        rows = rows.filter(id__lt=before)
    latest = Attempt.objects.filter(delivery=OuterRef("pk")).order_by("-n").values("pk")[:1]
    found = list(rows.annotate(latest=Subquery(latest))[: SHOWN + 1])
    page = found[:SHOWN]
    attempts = Attempt.objects.in_bulk([one.latest for one in page if one.latest])
    for one in page:
        one.last = attempts.get(one.latest)
    return page, page[-1].pk if len(found) > SHOWN else None


def shown_body(delivery) -> str:
    """What is sent, for people. Who looks after the connection need not know the customers: numbers are masked."""
    payload = deepcopy(delivery.payload)
    if customer := payload["data"].get("customer"):
        customer["number"] = mask_phone(customer["number"])
    return json.dumps(payload, ensure_ascii=False, indent=2)
