"""Many messages at once, and a person's look at far more than usual."""

from statistics import median

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from audit.trail import record, request_id
from jobs import bell, runs
from outreach import addresses
from outreach.models import Decision, Message, Rules, Wave
from outreach.moving import move
from outreach.queueing import LOOK, template_of, written

BATCH = 500
REMEMBERED = 7  # former waves whose median is the usual
State, What = Message.State, Decision.What
# What becomes of a wave's messages in each of its states: (those in these states, with this reason, become, because).
FOLLOW = {
    Wave.State.HELD: ([State.PLANNED], "", State.HELD, What.HELD, "volume"),
    Wave.State.RELEASED: ([State.HELD], "volume", State.PLANNED, What.RELEASED, "released"),
    Wave.State.CANCELLED: ([State.PLANNED, State.HELD], "", State.CANCELLED, What.CANCELLED, "wave_cancelled"),
}
PUT_IN = """
    WITH new AS (
        INSERT INTO outreach_message (
            branch_id, wave_id, template_id, channel, message_class, any_time, policy, by_id, about_type,
            not_before, not_after, customer_id, "to", language, subject, text, key, reason, state, next_at, ended_at)
        SELECT w.branch_id, w.id, t.id, t.channel, t.message_class, t.any_time, t.policy, w.planned_by_id, '',
            %(not_before)s::timestamptz,
            coalesce(%(not_after)s::timestamptz,
                     coalesce(%(not_before)s::timestamptz, statement_timestamp()) + t.valid_for),
            r.*,
            CASE WHEN r.reason = '' THEN 'planned' ELSE 'withheld' END,
            CASE WHEN r.reason = '' THEN greatest(%(not_before)s::timestamptz, statement_timestamp()) END,
            CASE WHEN r.reason <> '' THEN statement_timestamp() END
        FROM outreach_wave w
        JOIN outreach_template t ON t.id = w.template_id
        CROSS JOIN unnest(
            %(customer)s::bigint[], %(to)s::text[], %(language)s::text[], %(subject)s::text[], %(text)s::text[],
            %(key)s::text[], %(reason)s::text[]
        ) AS r (customer_id, "to", language, subject, text, key, reason)
        WHERE w.id = %(wave)s
        ON CONFLICT DO NOTHING
        RETURNING id, reason, customer_id, branch_id, by_id, template_id, message_class, channel
    ), decided AS (
        INSERT INTO outreach_decision (message_id, what, reason)
        SELECT id, 'withheld', reason FROM new WHERE reason <> ''
    ), told AS (
        INSERT INTO audit_event (actor_id, verb, subject_type, subject_id, customer_id, branch_id, request_id, data)
        SELECT new.by_id, 'message.queued', 'outreach.message', new.id, new.customer_id, new.branch_id, %(request)s,
            jsonb_build_object('template', t.code, 'message_class', new.message_class, 'channel', new.channel,
                               'withheld', new.reason)
        FROM new JOIN outreach_template t ON t.id = new.template_id
        ORDER BY new.id
    )
    SELECT count(*) FROM new
"""
NEXT = """
    SELECT id, state FROM outreach_message
    WHERE wave_id = %(wave)s AND state = ANY (%(was)s) AND %(only)s IN ('', reason)
    ORDER BY id LIMIT %(most)s FOR NO KEY UPDATE
"""


def queue_many(branch, template_code, rows, *, wave_key, by=None, not_before=None, not_after=None) -> Wave:
    """Owe a message to each of `rows`: (customer, key, values). Again with the same wave key adds only what is new.

    One without a number, or whose text cannot be written, is withheld and says so. Far more than usual are held until a
    person other than `by` has looked. ValidationError as in `queueing.queue`; RuntimeError outside a transaction.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("queue messages in the transaction of what they tell of")
    template = template_of(branch.pk, template_code)
    wave = _wave(template, wave_key, by)
    times = {"not_before": not_before, "not_after": not_after}
    rows = list(rows)
    new = sum(_put_in_batch(wave, rows[begin : begin + BATCH], times) for begin in range(0, len(rows), BATCH))
    if new:
        _count(wave, new)
    bell.ring_on_commit(LOOK)
    return wave


def _wave(template, key, by):
    made = Wave(branch_id=template.branch_id, template=template, key=key, planned_by=by, usual=usual(template, key))
    Wave.objects.bulk_create([made], ignore_conflicts=True)
    return Wave.objects.select_for_update(of=["self"], no_key=True).select_related("template__branch").get(key=key)


def usual(template, key="") -> int | None:
    """The median of the last waves of the template; cancelled ones were a mistake and do not count."""
    former = Wave.objects.filter(template=template, planned__gt=0).exclude(state=Wave.State.CANCELLED).exclude(key=key)
    planned = list(former.order_by("-pk").values_list("planned", flat=True)[:REMEMBERED])
    return round(median(planned)) if planned else None


def _put_in_batch(wave, rows, times):
    """How many of them are new."""
    where = addresses.of([customer for customer, _key, _values in rows], wave.template.channel)
    columns = {name: [] for name in ("customer", "to", "language", "subject", "text", "key", "reason")}
    for customer, key, values in rows:
        (to, reason), (subject, text) = where[customer.pk], _written(wave.template, customer, values)
        row = customer.pk, to, reason or ("" if text else "no_text"), customer.language, key, subject, text
        for name, value in zip(("customer", "to", "reason", "language", "key", "subject", "text"), row, strict=True):
            columns[name].append(value)
    known = {"wave": wave.pk, "request": request_id()}
    with connection.cursor() as cursor:
        cursor.execute(PUT_IN, known | times | columns)
        return cursor.fetchone()[0]


def _written(template, customer, values):
    """Subject and text, "" where it cannot be written: one is no reason to let the others wait."""
    try:
        return written(template, customer, values)
    except ValidationError:
        return "", ""


def _count(wave, new):
    """How many it is by now, and whether that is far more than usual."""
    wave.planned += new
    if wave.state in (Wave.State.OPEN, Wave.State.RELEASED) and too_many(wave, Rules.of(wave.branch_id)):
        wave.state = Wave.State.HELD
    wave.save(update_fields=["planned", "state"])
    held = wave.state == Wave.State.HELD
    record(wave, "wave.planned", by=wave.planned_by, planned=wave.planned, usual=wave.usual, held=held)
    if wave.state in (Wave.State.HELD, Wave.State.CANCELLED):
        _have_followed(wave)


def too_many(wave, rules) -> bool:
    """Whether a person has to look. A first wave has nothing to be compared with but the least that is ever held.

    Whoever let a wave go did so of as many as it was then.
    """
    seen = max(wave.usual or 0, wave.released)
    return wave.planned >= rules.hold_from and wave.planned > rules.hold_factor * seen


@transaction.atomic
def release(wave, *, by):
    """Let the held messages go. ValidationError for whoever planned the wave, or where it is not held."""
    wave = _held(wave, by)
    wave.released = wave.planned
    _end(wave, Wave.State.RELEASED, by)
    bell.ring_on_commit(LOOK)


@transaction.atomic
def cancel(wave, *, by):
    """Send none of what is held. ValidationError as in `release`."""
    wave = _held(wave, by)
    _end(wave, Wave.State.CANCELLED, by)


def _held(wave, by):
    wave = Wave.objects.select_for_update(no_key=True).get(pk=wave.pk)
    if wave.state != Wave.State.HELD:
        raise ValidationError(_("Nothing was changed: the set is not held any more."))
    if wave.planned_by_id == by.pk:
        raise ValidationError(_("Whoever planned the messages cannot decide about them: ask somebody else."))
    return wave


def _end(wave, state, by):
    wave.state, wave.decided_by, wave.decided_at = state, by, Now()
    wave.save(update_fields=["state", "decided_by", "decided_at", "released"])
    record(wave, f"wave.{state}", by=by, planned=wave.planned)
    _have_followed(wave)


def _have_followed(wave):
    """The first batch of its messages at once, the rest in a job; none goes meanwhile (`outreach.judging`)."""
    if follow(wave.pk) == BATCH:
        key = f"outreach.follow/{wave.pk}/{wave.state}/{wave.planned}"
        runs.ask("outreach.follow", key=key, params={"wave": wave.pk}, branch_id=wave.branch_id)


@transaction.atomic
def follow(pk) -> int:
    """Let the next messages become what has been decided about their wave; how many, fewer than BATCH at the end."""
    wave = Wave.objects.select_for_update(no_key=True).get(pk=pk)
    if wave.state not in FOLLOW:
        return 0
    was, only, then, what, reason = FOLLOW[wave.state]
    by = None if wave.state == Wave.State.HELD else wave.decided_by_id
    values = {"wave": pk, "was": was, "only": only, "most": BATCH}
    return move(NEXT, values, then=then, what=what, reason=reason, by=by)
