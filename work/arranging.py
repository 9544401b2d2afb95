"""Moving, handing over, cancelling, noting: what is done about a follow-up without asking the customer."""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.trail import record
from customers.visits import without_id_numbers
from work import merging, owing, pool_lines, pools, remedies
from work.models import FollowUp, Note
from work.models.follow_ups import kept
from work.models.states import Kind, State
from work.times import refuse_far


@transaction.atomic
def reschedule(follow_up, due_at, *, by, version, reason="", at=None) -> FollowUp:
    """Fall due at another time. `version` is the one the person saw: somebody else's change in between is refused.

    What must be done by a promised time stays so, for each part of the call; anything else is late as long after its
    time as before.
    """
    at = at or timezone.now()
    lock_to_do(follow_up)
    if follow_up.version != version:
        raise ValidationError(_("Somebody changed this follow-up meanwhile: look at it again."), code="conflict")
    if due_at <= at:
        raise ValidationError({"due_at": _("This time has passed.")})
    refuse_far(due_at, "due_at", at)
    changed = _window(follow_up, due_at)
    if follow_up.state != State.PLANNED:
        follow_up.move_to(State.PLANNED, by=by)
    follow_up.keep(**changed, moved_times=follow_up.moved_times + 1, noted_at=at, stalled_at=None)
    for part in follow_up.parts.open().order_by("pk"):
        part.keep(**_window(part, due_at), own_due_at=None)
    if follow_up.owner_id is None:
        pool_lines.clear([follow_up.unit_id])
    record(follow_up, "follow_up.rescheduled", by=by, to=due_at, reason=without_id_numbers(reason))
    return follow_up


def _window(follow_up, due_at):
    if follow_up.kind == Kind.PROMISE or follow_up.keeps_time:
        if due_at > follow_up.late_at:
            raise ValidationError({"due_at": _("It was promised for an earlier time.")})
        return {"due_at": due_at}
    before = follow_up.own_due_at or follow_up.due_at
    late_at = due_at + max(follow_up.late_at - before, timedelta(0))
    return {"due_at": due_at, "late_at": late_at, "escalate_at": late_at}


@transaction.atomic
def hand_over(follow_up, owner, *, by, reason) -> FollowUp:
    """To exactly one other person, or (None) back to the people of its unit; with a reason, and counted."""
    lock_open(follow_up)
    if not reason.strip():
        raise ValidationError({"reason": _("Say why.")})
    if owner is not None:
        follow_up.refuse_own_work(owner)
        owing.refuse_owner(owner, follow_up.branch_id)
        owing.refuse_absent(owner)
    if (owner and owner.pk) == follow_up.owner_id:
        raise ValidationError({"owner": _("It is theirs already.")})
    _give(follow_up, owner, by=by, reason=without_id_numbers(reason.strip()))
    return follow_up


def _give(follow_up, owner, *, by, reason):
    before, pool = follow_up.owner_id, follow_up.unit
    unit = owing.unit_of(owner) if owner else follow_up.unit
    follow_up.keep(owner=owner, unit=unit, for_owner=None, handed_over=follow_up.handed_over + 1)
    record(follow_up, "follow_up.handed_over", by=by, before=before, owner=owner, reason=reason)
    if before is None:
        pool_lines.clear([pool.pk])
    if owner is None:
        pools.came_back([follow_up.pk])


@transaction.atomic
def take_over(follow_up, *, by) -> FollowUp:
    """Out of the unit's pool: whoever takes it first owns it."""
    lock_open(follow_up)
    follow_up.refuse_own_work(by)
    owing.refuse_owner(by, follow_up.branch_id)
    if follow_up.owner_id == by.pk:
        return follow_up
    if follow_up.owner_id:
        raise ValidationError(_("%(person)s has taken it already.") % {"person": follow_up.owner})
    _give(follow_up, by, by=by, reason="")
    return follow_up


@transaction.atomic
def cancel(follow_up, *, by, reason, at=None) -> FollowUp:
    """Not needed any more, and why; the other parts of the call stay."""
    at = at or timezone.now()
    if not reason.strip():
        raise ValidationError({"reason": _("Say why.")})
    merging.lock_call(follow_up)
    follow_up.ask_guards("cancel", by=by)
    reason = without_id_numbers(reason.strip())
    follow_up.move_to(State.CANCELLED, by=by, reason=reason)
    follow_up.keep(ended_by=by, ended_at=at)
    merging.settle(follow_up, by=by)
    remedies.ended(follow_up, by=by, at=at)
    follow_up.tell_followers(by=by, at=at)
    if follow_up.interaction_id:
        follow_up.interaction.follow_up_is_done(by=by, at=at)
    record(follow_up, "follow_up.cancelled", by=by, reason=reason)
    if follow_up.owner_id is None:
        pool_lines.clear([follow_up.unit_id])
    return follow_up


@transaction.atomic
def try_again(follow_up, *, by, at=None) -> FollowUp:
    """A leader has one who was not reached tried for another round, in a call of its own."""
    at = at or timezone.now()
    follow_up.move_to(State.DUE, by=by)
    late_at = max(follow_up.late_at, at)
    changed = {"due_at": at, "late_at": late_at, "escalate_at": late_at, "noted_at": at, "ended_by": None}
    out = {follow_up.handled_by_id, *kept([follow_up])[follow_up]}
    whose = owing.standing_in(follow_up.for_owner or follow_up.owner, follow_up.branch_id, out)
    follow_up.keep(**changed, **whose, round=follow_up.round + 1, merged_into=None, own_due_at=None)
    record(follow_up, "follow_up.reopened", by=by)
    pools.came_back([follow_up.pk])
    return follow_up


@transaction.atomic
def note(follow_up, text, *, by, at=None) -> Note:
    """Say how it goes; a follow-up without a note for days alarms (C20)."""
    if not text.strip():
        raise ValidationError({"note": _("Say how it goes.")})
    lock_open(follow_up)
    made = Note.objects.create(follow_up=follow_up, by=by, text=without_id_numbers(text.strip()))
    follow_up.keep(noted_at=at or timezone.now(), stalled_at=None)
    record(follow_up, "follow_up.noted", by=by)
    return made


def lock_open(follow_up):
    follow_up.lock()
    if not follow_up.is_open:
        raise ValidationError(_("This follow-up has ended."), code="ended")


def lock_to_do(follow_up):
    merging.lock_call(follow_up)
    if not follow_up.is_to_do:
        raise ValidationError(_("This follow-up has ended."), code="ended")
    if follow_up.merged_into_id:
        raise ValidationError(_("This is part of another call: move that one."))
