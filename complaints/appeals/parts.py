"""What a bundle of evidence holds, as plain rows in order of time; words in the language in force."""

from complaints.models import Complaint
from customers.masking import without_own_links
from outreach.models import Message
from work.models import FollowUp

ABOUT = Complaint._meta.label_lower


def parts_of(complaint: Complaint) -> dict:
    return {
        "facts": _facts(complaint),
        "clocks": _clocks(complaint),
        "log": _log(complaint),
        "notes": _notes(complaint),
        "tasks": _tasks(complaint),
        "messages": _messages(complaint),
        "calls": _calls(complaint),
        "answers": _answers(complaint),
        "compensations": _compensations(complaint),
        "attachments": _attachments(complaint),
        "appeals": _appeals(complaint),
    }


def _facts(one):
    customer = one.customer
    return {
        "number": one.number,
        "customer": str(customer) if customer else one.caller_name,
        "customer_number": customer.number if customer else one.caller_number,
        "channel": one.get_channel_display(),
        "received_at": one.received_at,
        "accepted_at": one.accepted_at,
        "category": str(one.category or ""),
        "level": one.get_level_display(),
        "words": one.words,
        "wanted": one.wanted,
        "place": one.place,
        "state": one.get_state_display(),
        "first_owner": one.first_owner.name,
        "owner": one.owner.name,
        "transfers": one.transfers,
        "reopened": one.reopened,
        "contacted_at": one.contacted_at,
        "resolved_at": one.resolved_at,
        "ended_at": one.ended_at,
        "cause": str(one.cause or ""),
        "liability": one.get_liability_display(),
        "loss_stopped": one.loss_stopped,
        "measure": one.measure,
        "answer": one.answer,
        "answered_by": one.get_answered_by_display(),
        "satisfied": one.get_satisfied_display(),
    }


def _clocks(one):
    return [
        {
            "clock": clock.get_kind_display(),
            "round": clock.round,
            "started_at": clock.started_at,
            "due_at": clock.due_at,
            "met_at": clock.met_at,
            "stopped_at": clock.stopped_at,
            "paused_minutes": clock.paused_minutes,
        }
        for clock in one.clocks.order_by("round", "pk")
    ]


def _log(one):
    return [
        {
            "at": row.at,
            "was": row.get_was_display(),
            "then": row.get_then_display(),
            "by": row.by.name if row.by else "",
            "owner": row.owner.name,
            "level": row.get_level_display(),
            "reason": row.reason,
        }
        for row in one.changes.select_related("by", "owner")
    ]


def _notes(one):
    rows = one.notes.select_related("by")
    return [
        {"at": row.at, "kind": row.get_kind_display(), "by": row.by.name if row.by else "", "text": row.text}
        for row in rows
    ]


def _tasks(one):
    return [
        {
            "unit": str(row.unit),
            "what": row.what,
            "made_at": row.made_at,
            "due_at": row.due_at,
            "state": row.get_state_display(),
            "ended_at": row.ended_at,
            "result": row.result,
        }
        for row in one.tasks.select_related("unit")
    ]


def _messages(one):
    rows = Message.objects.filter(about_type=ABOUT, about_id=one.pk).order_by("pk")
    return [
        {"at": row.created_at, "channel": row.get_channel_display(), "to": row.to, "text": without_own_links(row.text),
         "state": row.get_state_display(), "accepted_at": row.accepted_at}
        for row in rows
    ]  # fmt: skip


def _calls(one):
    """Tries to call the customer back."""
    calls = FollowUp.objects.filter(about_type=ABOUT, about_id=one.pk).prefetch_related("attempts__by").order_by("pk")
    return [
        {"at": row.at, "by": row.by.name, "number": row.number, "outcome": row.get_outcome_display(), "note": row.note}
        for call in calls
        for row in call.attempts.all()
    ]


def _answers(one):
    names = ("solved", "attitude", "speed", "result", "expectation", "experience", "recommends", "comment")
    rows = one.callback_answers.select_related("by").order_by("round")
    return [
        {"at": row.at, "by": row.by.name, "round": row.round} | {name: getattr(row, name) for name in names}
        for row in rows
    ]


def _compensations(one):
    return [
        {"at": row.asked_at, "amount": row.amount, "reason": row.reason, "state": row.get_state_display()}
        for row in one.compensations.all()
    ]


def _attachments(one):
    return [
        {"name": row.name, "kind": row.kind, "size": row.size, "sha256": row.digest} for row in one.attachments.all()
    ]


def _appeals(one):
    return [
        {
            "authority": row.authority,
            "reference": row.reference,
            "received_at": row.received_at,
            "decide_by": row.decide_by,
            "answer_by": row.answer_by,
            "state": row.get_state_display(),
            "answer": row.answer,
        }
        for row in one.appeals.order_by("pk")
    ]
