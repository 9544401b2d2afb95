"""Many messages at once, and a person's look at far more than usual."""

from statistics import median

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Coalesce, Greatest, Now
from django.utils.translation import gettext as _

from audit.trail import record
from jobs import bell
from outreach import addresses
from outreach.models import Decision, Message, Rules, Wave
from outreach.queueing import LOOK, addressed, drawn_up, template_of

BATCH = 500
REMEMBERED = 7  # former waves whose median is the usual
State = Message.State


def queue_many(branch, template_code, rows, *, wave_key, by=None, not_before=None) -> Wave:
    """Owe a message to each of `rows`: (customer, key, values). Again with the same wave key adds only what is new.

    A customer without a number gets a message that is withheld and says so. Far more than usual are held until a
    person other than `by` has looked. ValidationError as in `queueing.queue`; RuntimeError outside a transaction.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("queue messages in the transaction of what they tell of")
    template = template_of(branch.pk, template_code)
    wave = _wave(template, wave_key, by)
    rows = list(rows)
    for begin in range(0, len(rows), BATCH):
        _put_in_batch(wave, rows[begin : begin + BATCH], not_before)
    _count(wave, by)
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


def _put_in_batch(wave, rows, not_before):
    template = wave.template
    where = addresses.of([customer for customer, _key, _values in rows], template.channel)
    messages = []
    for customer, key, values in rows:
        message = drawn_up(template, customer, values, key=key, by=wave.planned_by)
        message.wave, message.not_before = wave, not_before
        message.not_after = template.valid_for and (not_before or Now()) + template.valid_for
        addressed(message, *where[customer.pk])
        messages.append(message)
    Message.objects.bulk_create(messages, ignore_conflicts=True)
    _note_withheld([message.ref for message in messages if message.reason])


def _note_withheld(refs):
    kept = Message.objects.filter(ref__in=refs)
    told = [Decision(message=one, what=Decision.What.WITHHELD, reason=one.reason) for one in kept.only("reason")]
    Decision.objects.bulk_create(told)


def _count(wave, by):
    """How many it is by now, and whether that is far more than usual."""
    before, wave.planned = wave.planned, wave.messages.count()
    if wave.planned == before:
        return
    if wave.state == Wave.State.OPEN and too_many(wave, Rules.of(wave.branch_id)):
        wave.state = Wave.State.HELD
    wave.save(update_fields=["planned", "state"])
    record(wave, "wave.planned", by=by, planned=wave.planned, usual=wave.usual, held=wave.state == Wave.State.HELD)
    if wave.state == Wave.State.HELD:
        _decide(wave, State.PLANNED, State.HELD, Decision.What.HELD, "volume")
    elif wave.state == Wave.State.CANCELLED:
        _decide(wave, State.PLANNED, State.CANCELLED, Decision.What.CANCELLED, "wave_cancelled", ended_at=Now())


def too_many(wave, rules) -> bool:
    """Whether a person has to look. A first wave has nothing to be compared with but the least that is ever held."""
    return wave.planned >= rules.hold_from and wave.planned > rules.hold_factor * (wave.usual or 0)


@transaction.atomic
def release(wave, *, by):
    """Let the held messages go. ValidationError for whoever planned the wave, or where it is not held."""
    wave = _held(wave, by)
    _end(wave, Wave.State.RELEASED, by)
    _decide(wave, State.HELD, State.PLANNED, Decision.What.RELEASED, "released", by=by, next_at=_due_again())
    bell.ring_on_commit(LOOK)


@transaction.atomic
def cancel(wave, *, by):
    """Send none of what is held. ValidationError as in `release`."""
    wave = _held(wave, by)
    _end(wave, Wave.State.CANCELLED, by)
    ended = {"ended_at": Now(), "next_at": None}
    _decide(wave, State.HELD, State.CANCELLED, Decision.What.CANCELLED, "wave_cancelled", by=by, **ended)


def _held(wave, by):
    wave = Wave.objects.select_for_update().get(pk=wave.pk)
    if wave.state != Wave.State.HELD:
        raise ValidationError(_("Nothing was changed: the set is not held any more."))
    if wave.planned_by_id == by.pk:
        raise ValidationError(_("Whoever planned the messages cannot decide about them: ask somebody else."))
    return wave


def _end(wave, state, by):
    wave.state, wave.decided_by, wave.decided_at = state, by, Now()
    wave.save(update_fields=["state", "decided_by", "decided_at"])
    record(wave, f"wave.{state}", by=by, planned=wave.planned)


def _due_again():
    return Greatest(Coalesce(F("not_before"), Now()), Now())


def _decide(wave, was, then, what, reason, *, by=None, **columns):
    """Move all of the wave's messages that are in one state to another, each with its decision."""
    ids = list(
        wave.messages.filter(state=was).select_for_update(no_key=True).order_by("pk").values_list("pk", flat=True)
    )
    wave.messages.filter(pk__in=ids).update(state=then, reason="" if then == State.PLANNED else reason, **columns)
    Decision.objects.bulk_create(
        [Decision(message_id=pk, what=what, reason=reason, by=by) for pk in ids], batch_size=5000
    )
