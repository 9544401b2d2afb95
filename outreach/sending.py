"""Sending what is due. Any number of senders share the table; the database says what there is to do."""

import time

import structlog

from jobs import pendulum
from jobs.runs import never
from outreach import claims
from outreach.gateways import Answer, Outcome
from outreach.gateways.registry import NotConnected, gateway_for
from outreach.kinds import Channel, MessageClass

log = structlog.get_logger(__name__)


def sms(stop=never) -> int:
    return work_off(Channel.SMS, stop)


def email(stop=never) -> int:
    return work_off(Channel.EMAIL, stop)


def work_off(channel, stop=never) -> int:
    """Send what is due on a channel until nothing is, or `stop()`; how many calls were made."""
    try:
        gateway = gateway_for(channel)
    except NotConnected:
        return 0
    made, attempt = 0, claims.claim(gateway)
    while attempt:
        made += 1
        if made == 1:
            pendulum.wake(__name__)
        attempt = _send(attempt, gateway, stop)
    return made


def _send(attempt, gateway, stop):
    """Make the call that was written down, outside any transaction, keep its answer; the next attempt or None."""
    answer = call(attempt, gateway)
    if stop():
        closed, following, more = claims.close(attempt, answer, gateway), None, False
    else:
        closed, following, more = claims.close_and_claim(attempt, answer, gateway)
    log.info(
        "message.sent", message=attempt.message_id, attempt=attempt.n, outcome=str(answer.outcome),
        status=answer.status, ms=answer.ms, taken_over=not closed,
    )  # fmt: skip
    return claims.claim(gateway) if more and following is None else following


def call(attempt, gateway) -> Answer:
    """Hand the message over. Without time enough before the lease ends nothing is sent: somebody else may soon."""
    if time.monotonic() + gateway.timeout > attempt.until:
        return Answer(Outcome.BUSY, status="lease", left=False)
    message = attempt.message
    return gateway.send(
        ref=message.ref, to=message.to, text=message.text, subject=message.subject,
        marketing=message.message_class == MessageClass.MARKETING,
    )  # fmt: skip
