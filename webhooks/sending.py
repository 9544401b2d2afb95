"""Sending what is due. Any number of senders share the table; the database says what there is to do."""

import json

import structlog

from jobs import pendulum
from jobs.runs import never
from webhooks import claims, signing
from webhooks.calling import Answer, call
from webhooks.models import Attempt

log = structlog.get_logger(__name__)
AGENT = "telecom-crm-webhooks/1"


def work_off(*, stop=never, express=False, only=None) -> int:
    """Send what is due until nothing is, or `stop()`; how many calls were made. The senders beside it help."""
    made = 0
    while not stop() and (attempt := claims.claim(express=express, only=only)):
        made += 1
        if made == 1:
            pendulum.wake(__name__)
        send(attempt)
    return made


def express(stop=never) -> int:
    """Only to receivers that are well and answer quickly: slow ones never hold these senders up."""
    return work_off(stop=stop, express=True)


def send(attempt: Attempt):
    """Make the call that was written down, outside any transaction, and keep its answer.

    Whoever dies before the end leaves the lease to lapse; the same message is then sent again under the same id.
    """
    delivery = attempt.delivery
    if delivery.tries > claims.MOST_TRIES:  # its senders stopped each time
        answer = Answer(error=Attempt.Trouble.LOST)
    else:
        body = body_of(delivery)
        answer = call(delivery.subscription.url, headers_of(attempt, body), body)
    closed = claims.close(attempt, answer)
    log.info(
        "webhook.sent", delivery=delivery.pk, attempt=attempt.n, status=answer.status, error=answer.error,
        ms=answer.ms, taken_over=not closed,
    )  # fmt: skip


def body_of(delivery) -> bytes:
    """The same bytes on every attempt."""
    return json.dumps(delivery.payload, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def headers_of(attempt, body) -> dict[str, str]:
    """Signed with the moment of the attempt, on the database's clock."""
    delivery, moment = attempt.delivery, attempt.started_at
    secrets = delivery.subscription.secrets_at(moment)
    signed = signing.headers(delivery.message_id, int(moment.timestamp()), body, secrets)
    return {"Content-Type": "application/json", "User-Agent": AGENT} | signed
