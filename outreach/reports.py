"""Delivery reports: kept first, matched then. One may come twice, late, or before the gateway's own answer."""

from datetime import timedelta
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q
from django.db.models.functions import Now

from audit.trail import record
from outreach.models import Decision, DeliveryReport, Message

State, Status = Message.State, DeliveryReport.Status
EARLY = """
    SELECT * FROM outreach_deliveryreport
    WHERE message_id IS NULL
      AND (ref = ANY (%(refs)s::uuid[])
           OR (gateway = %(gateway)s AND gateway_ref = ANY (%(numbers)s::text[]) AND ref IS NULL))
    ORDER BY id
"""
LEFT = """
    SELECT DISTINCT m.id
    FROM outreach_deliveryreport r JOIN outreach_message m ON m.gateway = r.gateway AND m.gateway_ref = r.gateway_ref
    WHERE r.message_id IS NULL AND r.ref IS NULL AND r.gateway_ref <> '' AND m.gateway_ref <> ''
      AND r.received_at > statement_timestamp() - %s AND m.state <> 'submitting'
    ORDER BY m.id DESC
"""
LOOKED_FOR = timedelta(days=1)  # how long for the message of a report that knows no reference of ours
FOLLOWS = {
    Status.DELIVERED: (State.DELIVERED, {State.ACCEPTED, State.UNKNOWN, State.PLANNED, State.FAILED}),
    Status.UNDELIVERED: (State.FAILED, {State.ACCEPTED, State.UNKNOWN}),
    Status.PENDING: (State.ACCEPTED, {State.UNKNOWN}),  # whoever reports on its way has it
}


@transaction.atomic
def take(gateway, gateway_ref, ref, status, raw=None) -> DeliveryReport:
    """Keep what the gateway (its name) reports of one message, known by the gateway's reference, ours, or both.

    The same report twice is one. `status` is one of DeliveryReport.Status; ValueError for another.
    """
    fields = {"gateway": gateway, "gateway_ref": gateway_ref or "", "ref": _uuid(ref), "status": Status(status)}
    DeliveryReport.objects.bulk_create([DeliveryReport(**fields, raw=raw or {})], ignore_conflicts=True)
    report = DeliveryReport.objects.get(**fields)
    message = _message_of(report)
    if message:
        _apply(message, report, message.gateway_ref)
    return report


def _uuid(ref):
    try:
        return ref if ref is None or isinstance(ref, UUID) else UUID(str(ref))
    except ValueError:
        return None


def _message_of(report):
    """The message, locked; its own reference before the gateway's."""
    if report.ref:
        known = Q(ref=report.ref)
    elif report.gateway_ref:
        known = Q(gateway=report.gateway, gateway_ref=report.gateway_ref)
    else:
        return None
    return Message.objects.filter(known).select_for_update(no_key=True, of=["self"]).order_by("-pk").first()


def match(message, *, gateway_ref=""):
    """Apply the reports that came before the message could be found or told anything; the caller holds its row."""
    match_all([(message, gateway_ref)], message.gateway)


def match_all(messages, gateway):
    """As `match`, of several of one gateway (its name): `messages` are pairs of a message and the gateway's number."""
    by_ref = {message.ref: message for message, _number in messages}
    by_number = {number: message for message, number in messages if number}
    numbers = {message.pk: number for message, number in messages}
    known = {"refs": [str(ref) for ref in by_ref], "gateway": gateway, "numbers": list(by_number)}
    for report in DeliveryReport.objects.raw(EARLY, known):
        message = by_ref[report.ref] if report.ref else by_number[report.gateway_ref]
        _apply(message, report, numbers[message.pk] or message.gateway_ref)


def match_left() -> int:
    """Match what came in while the answer with its number was being kept, so that neither saw the other; of how many
    messages.
    """
    with connection.cursor() as cursor:
        cursor.execute(LEFT, [LOOKED_FOR])
        messages = [pk for (pk,) in cursor.fetchall()]
    for pk in messages:
        with transaction.atomic():
            message = Message.objects.select_for_update(no_key=True, of=["self"]).get(pk=pk)
            match(message, gateway_ref=message.gateway_ref)
    return len(messages)


def _apply(message, report, newest):
    """`newest`: the gateway's number of the last attempt, "" where it gave none. One that is being sent at this moment
    waits for the answer: `match` is called with it.
    """
    if message.state == State.SUBMITTING or report.message_id:
        return
    DeliveryReport.objects.filter(pk=report.pk).update(message=message)
    state, may_follow = FOLLOWS.get(report.status, (None, ()))
    if message.state not in may_follow or _is_of_an_earlier_attempt(message, report, newest):
        return
    in_doubt = message.in_doubt or message.state in (State.UNKNOWN, State.PLANNED)
    reason = "undelivered" if state == State.FAILED else ""
    moment = "accepted_at" if state == State.ACCEPTED else "ended_at"
    columns = {"state": state, "reason": reason, "in_doubt": False, "next_at": None, moment: Now()}
    number = report.gateway_ref if not message.gateway_ref else ""
    if number:
        columns["gateway_ref"] = number
    message.put(**columns)
    message.state = state
    if in_doubt:
        message.note(Decision.What.SETTLED, "reported")
    record(message, "message.sent" if state == State.ACCEPTED else f"message.{state}", by=None, reason=reason)
    if number:
        match(message, gateway_ref=number)  # what came before anybody knew whose number it is


def _is_of_an_earlier_attempt(message, report, newest):
    """So that it says nothing of the last one. Told by when we heard it and by the numbers we were given: the time that
    a gateway writes into a report does not count, its clock may go wrong. That it arrived counts of any attempt.
    """
    if report.status == Status.DELIVERED:
        return False
    if message.attempts > 1 and newest and report.gateway_ref:
        return report.gateway_ref != newest
    begun = message.made.order_by("-n").values_list("started_at", flat=True).first()
    return begun is not None and report.received_at < begun
