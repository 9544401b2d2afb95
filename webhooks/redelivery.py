"""Sending again: one delivery, all of a period, and a test."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.trail import record
from jobs import bell
from webhooks.kinds import TEST
from webhooks.models import Delivery, Subscription

LOOK = "webhooks.look"


@transaction.atomic
def redeliver(delivery: Delivery, *, by):
    """Send it again at once, under the same id; one that waits has its pause cut short.

    ValidationError while it is being sent, or when its subscription is withdrawn.
    """
    subscription = _open(delivery.subscription)
    rows = Delivery.objects.filter(pk=delivery.pk).exclude(state=Delivery.State.SENDING)
    if not rows.update(**Delivery.again()):
        raise ValidationError(_("It is being sent at this moment."))
    record(subscription, "webhook.redelivered", by=by, delivery=delivery.pk)
    bell.ring_on_commit(LOOK)


@transaction.atomic
def redeliver_period(subscription: Subscription, *, by, since, until, states) -> int:
    """Send again what was put out from `since` to before `until` and is in one of `states`; how many."""
    subscription = _open(subscription)
    rows = subscription.deliveries.filter(created_at__gte=since, created_at__lt=until, state__in=states)
    many = rows.exclude(state=Delivery.State.SENDING).update(**Delivery.again())
    record(subscription, "webhook.redelivered", by=by, since=since, until=until, states=list(states), many=many)
    bell.ring_on_commit(LOOK)
    return many


@transaction.atomic
def send_test(subscription: Subscription, *, by) -> Delivery:
    """Owe the receiver an event that says nothing. ValidationError unless the subscription is active."""
    subscription = _open(subscription)
    if subscription.state != Subscription.State.ACTIVE:
        raise ValidationError(_("It is paused. Resume it first."))
    event = record(subscription, "webhook.tested", by=by)
    bell.ring_on_commit(LOOK)
    payload = {"type": TEST, "timestamp": timezone.now().isoformat(), "data": {"branch": subscription.branch.code}}
    return Delivery.objects.create(subscription=subscription, event=event, kind=TEST, payload=payload)


def _open(subscription):
    subscription.lock()
    if subscription.state == Subscription.State.WITHDRAWN:
        raise ValidationError(_("It is withdrawn."))
    return subscription
