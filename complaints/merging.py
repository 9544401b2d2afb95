"""Complaints of the same matter become one, and can be taken apart again within some days (amendment 1).

What is merged stands under one that is not. Objects made after the merge stay with the survivor.
"""

from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.trail import record
from complaints import owners
from complaints.guards import nothing_undecided, open_tasks
from complaints.models import Complaint
from complaints.models.rules import ComplaintRules
from complaints.models.states import IN_HAND, State
from complaints.moving import Outdated, hold, keep, move
from staff.models import User


def candidates(complaint: Complaint):
    """What it may be merged into: those in hand of the same customer, or caller, that came before it.

    So the law's clock is never that of the later one, and nobody's answer is given to somebody else; what many
    customers suffer from is an incident.
    """
    who = {"customer": complaint.customer_id} if complaint.customer_id else {"caller_number": complaint.caller_number}
    earlier = Q(received_at__lt=complaint.received_at) | Q(received_at=complaint.received_at, pk__lt=complaint.pk)
    rows = Complaint.objects.filter(earlier, branch=complaint.branch_id, state__in=IN_HAND, **who)
    return rows.exclude(pk=complaint.pk)


@transaction.atomic
def merge(
    complaint: Complaint, into: Complaint, *, by: User, reason: str = "", at: datetime | None = None,
    edition: int | None = None,
) -> Complaint:  # fmt: skip
    """The complaint goes on in `into`, with what was merged into it before; ValidationError where it does not belong
    there, by code "move" where one of them is merged already or over.
    """
    at = at or timezone.now()
    one, survivor, under = _held(complaint, into)
    if edition is not None and one.edition != edition:
        raise Outdated
    _check(one, survivor, by)
    move(
        one, State.MERGED, by=by, at=at, reason=reason.strip(),
        merged_into=survivor, merged_at=at, merged_from=one.state,
    )  # fmt: skip
    for child in under:
        keep(child, at, merged_into=survivor)
    keep(survivor, at)
    record(survivor, "complaint.took_in", by=by, customer=survivor.customer_id, complaint=one, number=one.number)
    return one


@transaction.atomic
def unmerge(complaint: Complaint, *, by: User, reason: str, at: datetime | None = None, edition=None) -> Complaint:
    """Back to what it was, within `rules.unmerge_days`."""
    at = at or timezone.now()
    seen = Complaint.objects.filter(pk=complaint.pk).values_list("pk", "merged_into")
    rows = hold({pk for pair in seen for pk in pair if pk})
    one = rows[complaint.pk]
    if edition is not None and one.edition != edition:
        raise Outdated
    owners.stays_out(one, by)
    _may_part(one, reason, at)
    survivor = one.merged_into
    told = {"merged_into": None, "merged_at": None, "merged_from": ""}
    move(one, one.merged_from, by=by, at=at, reason=reason.strip(), **told)
    record(survivor, "complaint.let_go", by=by, customer=survivor.customer_id, complaint=one, number=one.number)
    for each in rows.values():
        if each.state == State.WAITING_DEPARTMENT and not open_tasks(each).exists():
            move(each, State.IN_PROGRESS, by=None, at=at)
    return one


def _held(complaint, into):
    """Both and what stands under the first, locked in one order; Outdated where that changed meanwhile."""
    ids = set(complaint.merged.values_list("pk", flat=True))
    rows = hold({complaint.pk, into.pk} | ids)
    if set(complaint.merged.values_list("pk", flat=True)) != ids:
        raise Outdated
    return rows[complaint.pk], rows[into.pk], [rows[pk] for pk in sorted(ids)]


def _check(one, survivor, by):
    owners.stays_out(one, by)
    owners.stays_out(survivor, by)
    if State.MERGED not in Complaint.MOVES[one.state]:
        raise ValidationError(one._refusal(State.MERGED), code="move")
    if not candidates(one).filter(pk=survivor.pk).exists():
        refusal = _("A complaint joins an earlier one of the same customer that is still in hand.")
        raise ValidationError({"into": refusal}, code="other" if survivor.in_hand else "move")
    nothing_undecided(one)


def _may_part(one, reason, at):
    days = ComplaintRules.of(one.branch_id).unmerge_days
    if one.state != State.MERGED:
        raise ValidationError(_("This complaint is not merged."), code="move")
    if at > one.merged_at + timedelta(days=days):
        refusal = _("It was merged more than %(days)s days ago.") % {"days": days}
        raise ValidationError(refusal, code="late")
    if not reason.strip():
        raise ValidationError({"reason": _("Say why they are two matters.")}, code="required")
