"""Sending what is due. Any number of senders share the table; the database says what there is to do."""

import time
from collections import Counter

import structlog
from django.db import DatabaseError, InterfaceError

from jobs import pendulum
from jobs.runs import never
from outreach import claims
from outreach.closing import keep
from outreach.gateways import Answer, Outcome
from outreach.gateways.registry import NotConnected, gateway_for
from outreach.hands import Hand
from outreach.kinds import Channel, MessageClass

log = structlog.get_logger(__name__)
FRESH = 1.0  # seconds for which the answers of the rules hold; the first of a hand is called straight after them
LOOK = 0.05  # seconds after which a sender asks whether the rest of its hand is still its own and not stopped
WELL = (Outcome.ACCEPTED, Outcome.REFUSED)


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
    made, size = 0, Hand(gateway)
    while attempts := claims.claim(gateway, size.size):
        if not made:
            pendulum.wake(__name__)
        made += _send(attempts, gateway, size, stop)
        if stop():
            break
    return made


def _send(attempts, gateway, size, stop):
    """Make the calls that were written down, outside any transaction, and keep the answers; how many were made."""
    began = time.monotonic()
    answers = call_all(attempts, gateway, stop)
    seconds, heard = time.monotonic() - began, list(zip(attempts, answers, strict=True))
    ours = keep(heard, gateway)
    made = sum(answer is not None for answer in answers)
    if made == len(answers) and answers[-1].outcome in WELL:
        size.took(seconds, made)
    else:
        size.broke_off()
    _log(heard, ours, round(seconds * 1000))
    return made


def call_all(attempts, gateway, stop=never) -> list[Answer | None]:
    """One answer for each; None from where the hand was broken off: nothing of these has left."""
    answers, looked, ours = [], time.monotonic(), {attempt.message_id for attempt in attempts}
    for attempt in attempts:
        now = time.monotonic()
        if answers and (stop() or now > attempt.asked + FRESH):
            break
        if now - looked > LOOK:
            ours, looked = _held(attempts), now
        answer = call(attempt, gateway) if attempt.message_id in ours else None
        answers.append(answer)
        if answer is None or answer.outcome not in WELL:
            break
    return answers + [None] * (len(attempts) - len(answers))


def _held(attempts):
    """None of them where nobody can say: what has been heard so far is kept, the rest goes back."""
    try:
        return claims.held(attempts)
    except (DatabaseError, InterfaceError) as error:
        log.error("messages.not_asked", error=type(error).__name__)
        return set()


def call(attempt, gateway) -> Answer | None:
    """Hand the message over. None without time enough before its lease ends: somebody else may send it soon.

    A gateway that fails in a way of its own may have sent it, and is no reason to lose the answers before.
    """
    if time.monotonic() + gateway.timeout > attempt.until:
        return None
    message = attempt.message
    try:
        return gateway.send(
            ref=message.ref, to=message.to, text=message.text, subject=message.subject,
            marketing=message.message_class == MessageClass.MARKETING,
        )  # fmt: skip
    except Exception as error:
        log.error("gateway.failed", gateway=gateway.name, error=type(error).__name__)
        return Answer(Outcome.UNKNOWN, status="error")


def _log(heard, ours, ms):
    """A line for all that went well, and one for each of the others."""
    counts = Counter(str(answer.outcome) if answer else "uncalled" for _attempt, answer in heard)
    log.info("messages.sent", ms=ms, taken_over=len(heard) - len(ours), **counts)
    for attempt, answer in heard:
        if answer and answer.outcome != Outcome.ACCEPTED:
            log.info(
                "message.not_sent", message=attempt.message_id, attempt=attempt.n, outcome=str(answer.outcome),
                status=answer.status, ms=answer.ms,
            )  # fmt: skip
