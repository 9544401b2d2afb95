"""An appeal to the regulator: opened with its own clocks, answered, settled with the customer, closed (2.1 nos. 1–4).

Each operation may be asked twice: what is done already stays as it is.
"""

import hashlib
from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext as _

from audit.trail import record
from complaints import attaching, moving, owners
from complaints.clocks.flagging import raise_flag
from complaints.clocks.law import end_of
from complaints.clocks.notice_kinds import APPEAL
from complaints.guards import said
from complaints.models import Complaint, ComplaintRules, RegulatorCase
from complaints.models.states import Level
from staff.models import User
from work.notices import ring_many

State = RegulatorCase.State
WAYS = [("may_answer", State.ANSWERED), ("may_settle", State.SETTLED), ("may_close", State.CLOSED)]


@transaction.atomic
def open_appeal(
    complaint: Complaint, *, by: User, authority: str, reference: str, received_at: datetime, at: datetime
) -> RegulatorCase:
    """The case, major from now on; one authority's reference is one case. ValidationError by field.

    The regulator decides within `appeal_days` working days, and answers within `answer_days` days.
    """
    one = moving.held(complaint)
    owners.stays_out(one, by)
    authority, reference = _named(authority, reference, received_at, at)
    found = RegulatorCase.objects.filter(complaint=one, authority=authority, reference=reference).first()
    if found:
        return found
    rules = ComplaintRules.of(one.branch_id)
    made = RegulatorCase.objects.create(
        complaint=one, authority=authority, reference=reference, received_at=received_at, opened_by=by,
        decide_by=end_of(received_at, rules.appeal_days, one.branch, working=True),
        answer_by=end_of(received_at, rules.answer_days, one.branch),
    )  # fmt: skip
    record(made, "appeal.opened", by=by, authority=authority, reference=reference)
    if one.level < Level.MAJOR:
        moving.change(one, by=by, at=at, reason=_("The customer appealed."), level=Level.MAJOR)
    raise_flag([one], at)
    _tell(made, at)
    return made


@transaction.atomic
def answer(appeal: RegulatorCase, *, by: User, at: datetime, text: str) -> RegulatorCase:
    """What the regulator was told, in full."""
    one = _held(appeal, by)
    if one.state == State.ANSWERED:
        return one
    one.answer, one.answered_at = said("answer", text, _("Write what was answered.")), at
    one.save(update_fields=["answer", "answered_at"])
    one.move_to(State.ANSWERED, by=by)
    record(one, "appeal.answered", by=by)
    return one


@transaction.atomic
def settle(appeal: RegulatorCase, *, by: User, at: datetime, proof: File) -> RegulatorCase:
    """The customer took the appeal back; `proof`, a file that shows it, is kept with the complaint."""
    one = _held(appeal, by)
    if one.state == State.SETTLED:
        return one
    if State.SETTLED not in RegulatorCase.MOVES[one.state]:
        raise ValidationError(one._refusal(State.SETTLED), code="move")
    try:
        found = attaching.checked([proof])
    except ValidationError as error:
        raise ValidationError({"proof": error.messages}, code="proof") from error
    attaching.attach(one.complaint, found, by=by, at=at)
    digest = hashlib.sha256(found[0][2]).hexdigest()
    one.proof, one.settled_at = one.complaint.attachments.filter(digest=digest).latest("pk"), at
    one.save(update_fields=["proof", "settled_at"])
    one.move_to(State.SETTLED, by=by)
    record(one, "appeal.settled", by=by, proof=one.proof.name)
    return one


@transaction.atomic
def close(appeal: RegulatorCase, *, by: User, at: datetime) -> RegulatorCase:
    one = _held(appeal, by)
    if one.state == State.CLOSED:
        return one
    one.closed_at = at
    one.save(update_fields=["closed_at"])
    one.move_to(State.CLOSED, by=by)
    record(one, "appeal.closed", by=by)
    return one


def _named(authority, reference, received_at, at):
    wrong = {
        "authority": _("Say which authority it is.") if not authority.strip() else "",
        "reference": _("Write the number the authority gave it.") if not reference.strip() else "",
        "received_at": _("This is still to come.") if received_at > at else "",
    }
    if any(wrong.values()):
        raise ValidationError({name: problem for name, problem in wrong.items() if problem})
    return authority.strip(), reference.strip()


def _held(appeal, by):
    """The case with its complaint locked first."""
    complaint = moving.held(appeal.complaint)
    owners.stays_out(complaint, by)
    one = RegulatorCase.objects.get(pk=appeal.pk)
    one.lock()
    return one


def _tell(appeal, at):
    one = appeal.complaint
    told = [user for user in {*owners.heads(one.branch), one.owner} if user.pk != one.person_id]
    key = f"appeal {appeal.pk} opened"
    said = {"number": one.number, "authority": appeal.authority}
    ring_many(told, APPEAL.name, key=key, subject=one, customer=one.customer_id, urgent=True, at=at, **said)
