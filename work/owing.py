"""A follow-up comes into the world: asked for by a person, a rule, or an analysis of the data (D11)."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.trail import record
from customers.models import Customer
from customers.visits import without_id_numbers
from staff import withheld
from staff.absences import absence_of
from staff.models import Unit, User
from staff.rights import RIGHTS
from staff.scope import holds, postings_of
from work import merging
from work.models import FollowUp
from work.models.follow_ups import DO
from work.models.states import Kind, Origin
from work.times import refuse_far


@transaction.atomic
def owe(
    customer: Customer,
    kind: str,
    what: str,
    *,
    key: str,
    due_at: datetime,
    by: User | None,
    late_at: datetime | None = None,
    owner: User | None = None,
    unit: Unit | None = None,
    about=None,
    **told,
) -> FollowUp:
    """The follow-up known by `key`, made if there is none; the same wish twice is one follow-up.

    Without an `owner` it belongs to the people of `unit` together. `about` is the record it serves. `told` are further
    fields of the model, such as `told_by`, `handled_by`, `priority`, `number`, `keeps_time`. Raises ValidationError by
    field. One that a rule asks for joins a call that is planned anyway (amendment 2).
    """
    late_at = late_at or due_at
    told |= {"kind": kind, "what": without_id_numbers(what.strip()), "owner": owner, "made_by": by}
    told |= {"due_at": due_at, "late_at": late_at, "escalate_at": late_at}
    _check(customer, told)
    if about is not None:
        told |= {"about_type": about._meta.label_lower, "about_id": about.pk}
    out = withheld.from_whom(told.get("about_type"), told.get("about_id"))
    if checked := told.get("handled_by"):
        out = out | {checked.pk}
    told |= standing_in(owner, customer.branch_id, out)
    where = {"customer": customer, "branch_id": customer.branch_id, "unit": unit or unit_of(owner or by)}
    made, is_new = FollowUp.objects.get_or_create(key=key, defaults=where | told)
    if made.customer_id != customer.pk:
        raise ValidationError(_("This form was already used for another customer; open it afresh."))
    if is_new:
        record(made, "follow_up.made", by=by, kind=kind, due=due_at, origin=made.origin)
        if made.origin == Origin.RULE:
            merging.join_by_rule(made)
    return made


def standing_in(owner, branch_id, out):
    """{"owner", "for_owner"} today: whoever is away owns nothing new. Their deputy does, or the people of the unit,
    where that one does not follow up. `out`: ids of those who would check their own work or must not know of it.
    """
    absence = owner and owner.pk not in out and absence_of(owner, timezone.now())
    if not absence:
        return {"owner": owner if owner and owner.pk not in out else None, "for_owner": None}
    fit = follows_up(absence.deputy, branch_id) and absence.deputy_id not in out
    return {"owner": absence.deputy if fit else None, "for_owner": owner}


def _check(customer, told):
    if not told["what"]:
        raise ValidationError({"what": _("Say what is to be done.")})
    for name in ("due_at", "late_at"):
        refuse_far(told[name], name, timezone.now())
    if told["late_at"] < told["due_at"]:
        raise ValidationError({"late_at": _("It would be late before it is due.")})
    if told["kind"] == Kind.PROMISE and not told.get("told_by"):
        raise ValidationError({"told_by": _("Say how the customer was told.")})
    owner = told["owner"]
    if owner is not None:
        refuse_owner(owner, customer.branch_id)
        if owner == told.get("handled_by"):
            raise ValidationError({"owner": _("Nobody checks their own work: choose another person.")}, code="own_work")


def follows_up(person, branch_id) -> bool:
    """Whether the person works on follow-ups of the branch today."""
    return person.branch_id == branch_id and holds(person, DO)


def refuse_owner(owner, branch_id):
    """Raise a ValidationError unless the person works on follow-ups of the branch today."""
    if not follows_up(owner, branch_id):
        raise ValidationError({"owner": _("%(person)s does not follow up here today.") % {"person": owner}})


def can_do(person, branch_id, at) -> bool:
    """Whether the person follows up in the branch and is there."""
    return follows_up(person, branch_id) and absence_of(person, at) is None


def refuse_absent(person):
    if absence_of(person, timezone.now()):
        raise ValidationError({"owner": _("%(person)s is away: choose somebody who is there.") % {"person": person}})


def unit_of(person: User) -> Unit:
    """Where the person follows up today: the unit of the first posting that may."""
    for posting in postings_of(person):
        if posting.role in RIGHTS[DO]:
            return posting.unit
    raise ValidationError({"owner": _("%(person)s does not follow up here today.") % {"person": person}})


def colleagues(user: User):
    """Who may be named as an owner by this person; whether they may follow up is asked of each."""
    return User.objects.filter(branch__in=user.branches_today(), is_active=True)
