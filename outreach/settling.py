"""Ending the doubt about messages that may have arrived, in this order: the gateway that keeps a message from arriving
twice is sent it again (`outreach.claims`), the one that can be asked is asked, and of a blind one the delivery report
is awaited; then the template says whether to send again, or a person decides.
"""

from datetime import timedelta

import structlog
from django.db import connection, transaction
from django.db.models.functions import Now

from audit.trail import record
from jobs.runs import never
from outreach import breakers, fates, reports
from outreach.decisions import cancel_as_asked
from outreach.fates import in_doubt
from outreach.gateways import Outcome
from outreach.gateways.registry import connected
from outreach.models import Attempt, Decision, Message, Template

log = structlog.get_logger(__name__)
BATCH = 100
MOST_RESENDS = 3  # of one in doubt at a blind gateway
ASKED_FOR = timedelta(days=1)  # how long a gateway is asked before a person has to
State, What = Message.State, Decision.What
LAPSED = """
    SELECT * FROM outreach_message
    WHERE state = 'submitting'
      AND (next_at <= statement_timestamp() OR next_at > statement_timestamp() + interval '12 hours')
    ORDER BY next_at LIMIT %s FOR NO KEY UPDATE SKIP LOCKED
"""
DOUBTFUL = """
    SELECT * FROM outreach_message
    WHERE state = 'unknown'
      AND next_at <= statement_timestamp() AND NOT gateway = ANY (%s)
    ORDER BY next_at LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED
"""


def work_off(stop=never) -> int:
    """Take up what dead senders held, and reports that nobody saw, and settle what is in doubt; how many were looked
    at.
    """
    gateways = {gateway.name: gateway for gateway in connected()}
    looked = lapse(gateways) + reports.match_left()
    while not stop() and _settle_one(gateways):
        looked += 1
    return looked


@transaction.atomic
def lapse(gateways) -> int:
    """Messages whose sender stopped in the middle may have arrived; how many."""
    lapsed = list(Message.objects.raw(LAPSED, [BATCH]))
    for message in lapsed:
        message.made.filter(ended_at=None).update(ended_at=Now(), outcome=Attempt.Outcome.LOST)
        fate = in_doubt(message, gateways.get(message.gateway), "sender_lost")
        message.put(**fate.columns())
        message.note(What.DOUBTED, "sender_lost")
        message.state = State.UNKNOWN
        reports.match(message)
    return len(lapsed)


def _settle_one(gateways):
    with transaction.atomic():
        message = _doubtful(gateways)
        if message is None:
            return False
        gateway = gateways.get(message.gateway)
        if not (gateway and gateway.queryable):
            _settle_blind(message)
            return True
        message.put(next_at=Now() + gateway.grace)  # whatever happens meanwhile, somebody asks again
    if not breakers.rests(gateway.name):
        _heard(message, gateway.query(message.ref), gateway)
    return True


def _doubtful(gateways):
    sent_again = [name for name, gateway in gateways.items() if gateway.idempotent]
    return next(iter(Message.objects.raw(DOUBTFUL, [sent_again])), None)


@transaction.atomic
def _heard(message, answer, gateway):
    """What the gateway says of it; nothing where it has been settled meanwhile."""
    attempts = message.attempts
    message.lock()
    if message.state != State.UNKNOWN or message.attempts != attempts:
        return
    breakers.note(gateway, well=answer is None or answer.outcome in (Outcome.ACCEPTED, Outcome.REFUSED))
    if answer is None:
        _send_again(message, "absent")
    elif answer.outcome == Outcome.ACCEPTED:
        known = {"gateway_ref": answer.gateway_ref[:100], "accepted_at": Now(), "reason": ""}
        _settled(message, State.ACCEPTED, "found", "message.sent", **known)
        reports.match(message, gateway_ref=answer.gateway_ref)
    elif answer.outcome == Outcome.REFUSED:
        _settled(message, State.FAILED, "refused", "message.failed", reason="refused", ended_at=Now())
    else:
        _ask_later(message)


def _ask_later(message):
    """Less and less often, until it is a person's turn."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement_timestamp()")
        age = cursor.fetchone()[0] - message.submitted_at
    if age > ASKED_FOR:
        _leave_to_a_person(message)
    else:
        message.put(next_at=Now() + max(age / 4, timedelta(seconds=fates.FIRST_PAUSE)))


def _settle_blind(message):
    """No report has come in time."""
    again = message.policy == Template.Policy.AT_LEAST_ONCE and message.tries < MOST_RESENDS
    again = again and not message.cancel_asked
    if again and not (message.not_after and Message.objects.filter(pk=message.pk, not_after__lte=Now()).exists()):
        _send_again(message, "resend_policy")
    else:
        _leave_to_a_person(message)


def _send_again(message, reason):
    message.put(state=State.PLANNED, in_doubt=False, reason="", next_at=Now())
    message.note(What.SETTLED, reason)
    cancel_as_asked([message.pk])


def _leave_to_a_person(message):
    message.put(next_at=None, reason="needs_person")
    message.note(What.DOUBTED, "needs_person")


def _settled(message, state, why, verb, **columns):
    message.put(state=state, in_doubt=False, **{"next_at": None} | columns)
    message.state = state
    message.note(What.SETTLED, why)
    record(message, verb, by=None, reason=why)
