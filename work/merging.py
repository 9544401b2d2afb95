"""Several callbacks of one customer become one call with one answer for each (domain 4.4, amendment 2)."""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from audit.trail import record
from customers.models import Customer, Interaction
from work.models import FollowUp, FollowUpRules
from work.models.follow_ups import kept
from work.models.states import TO_DO, Kind, State


def lock_call(lead):
    """Lock the call and what its parts remedy, and read it afresh: first the contacts they came from, as whoever ticks
    one of those off does, then the rows in the order of their ids. Whoever locks several rows keeps this order.
    """
    keys = _rows_of(lead)
    list(Interaction.objects.select_for_update(of=("self",)).filter(promised__in=keys).order_by("pk"))
    _lock(FollowUp.objects.filter(pk__in=keys))
    lead.refresh_from_db()


def lock_rows(lead):
    """The same for one who holds the contact of the lead."""
    _lock(FollowUp.objects.filter(pk__in=_rows_of(lead)))
    lead.refresh_from_db()


def _rows_of(lead):
    rows = FollowUp.objects.filter(Q(pk=lead.pk) | Q(merged_into=lead)).values_list("pk", "remedies")
    return {key for pair in rows for key in pair if key}


def _lock(rows):
    return list(rows.select_for_update(of=("self",)).order_by("pk"))


@transaction.atomic
def merge(follow_ups, *, by) -> FollowUp:
    """Make one call of them, at the earliest due time; returns the one that leads it.

    Refused: different customers, what is not to be done any more, a call by somebody who would check their own work,
    and another time for one that keeps its own.
    """
    keys = [one.pk for one in follow_ups]
    held = _lock(FollowUp.objects.filter(Q(pk__in=keys) | Q(merged_into__in=keys)))
    rows = [one for one in held if one.pk in keys]
    lead = min(rows, key=lambda one: (one.due_at, not one.keeps_time, one.pk), default=None)
    _refuse(lead, rows)
    for part in rows:
        if part != lead:
            _join(part, lead, by)
    return lead


def _refuse(lead, rows):
    if len(rows) < 2 or len({one.customer_id for one in rows}) > 1:
        raise ValidationError(_("Choose at least two follow-ups of one customer."))
    for one in rows:
        if one.state not in TO_DO or one.merged_into_id:
            raise ValidationError(_("Only what is still to be done by itself can be merged."))
        if one.keeps_time and one.due_at != lead.due_at:
            raise ValidationError(_("A complaint callback keeps its own time: it is not merged into another call."))
        if lead.owner_id:
            one.refuse_own_work(lead.owner)


def _join(part, lead, by):
    """With its parts. Its deadline stays its own: a promise is kept by when it was promised."""
    for one in (part, *part.parts.open().order_by("pk")):
        one.keep(merged_into=lead, due_at=lead.due_at, own_due_at=one.own_due_at or one.due_at)
    record(part, "follow_up.merged", by=by, into=lead.pk)


def join_by_rule(made):
    """One callback per customer in so many days: join a call that is planned, or keep the distance to the last one."""
    if made.kind != Kind.CALLBACK or made.keeps_time:
        return
    days = timedelta(days=FollowUpRules.of(made.branch_id).merge_days)
    Customer.objects.select_for_update(no_key=True).get(pk=made.customer_id)  # two rules at the same moment
    others = FollowUp.objects.filter(customer=made.customer_id, kind=Kind.CALLBACK).exclude(pk=made.pk)
    for other in _near(made, others, days):
        lead, part = (other, made) if other.due_at <= made.due_at else (made, other)
        if _may_join(part, lead, made):
            _join(part, lead, None)
            return
    last = others.filter(ended_at__gt=made.due_at - days, attempts__outcome="answered").order_by("-ended_at").first()
    if last:
        later = max(made.due_at, last.ended_at + days)
        made.keep(due_at=later, late_at=max(later, made.late_at), escalate_at=max(later, made.late_at))


def _near(made, others, days):
    """What is still to be done around its time, soonest first; locked, so that none of it ends meanwhile."""
    held = [one for one in _lock(others.filter(state__in=TO_DO)) if one.merged_into_id is None]
    near = [one for one in held if abs(one.due_at - made.due_at) <= days]
    return sorted(near, key=lambda one: (one.due_at, one.pk))


def _may_join(part, lead, made):
    """At the earliest time; what a person planned is not taken from them, and nobody comes to check their own work
    or to what is kept from them.
    """
    taken = part != made and part.origin == FollowUp.Origin.PERSON and part.owner_id != lead.owner_id
    owner = lead.owner_id or 0
    return not (part.keeps_time or taken or owner == part.handled_by_id or owner in kept([part])[part])


def settle(lead, *, by):
    """What this call asks about no longer becomes a call of its own: a part that waits for its remedy, and, where the
    lead has ended, every part that is open. The caller holds the rows.
    """
    for part in lead.parts.open().order_by("pk"):
        if not (lead.is_to_do and part.is_to_do):
            _leave(part, by)


def _leave(part, by):
    """At its own time, where the call was not moved; it rings then."""
    state = State.PLANNED if part.is_to_do else part.state
    part.keep(state=state, merged_into=None, due_at=part.own_due_at or part.due_at, own_due_at=None, stalled_at=None)
    record(part, "follow_up.by_itself", by=by)
