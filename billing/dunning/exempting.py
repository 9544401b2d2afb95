"""Lines that are never stopped for arrears: hospital, police, public emergency (domain 4.3).

One person asks, another approves: the department head (4.11).
"""

from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.trail import record
from billing.counter import approvers
from billing.dunning.days import day_in
from billing.dunning.sparing import spare
from billing.models import Exemption
from customers.models import Line
from customers.visits import without_id_numbers
from staff.models import User
from work import notices

ASK, DECIDE, END = "billing.promise", "billing.exempt", "billing.end_exemption"
State = Exemption.State


@transaction.atomic
def ask(
    line: Line, *, by: User, kind: str, reason: str, until: date | None = None, at: datetime | None = None
) -> Exemption:
    """Ask that the line be exempt, up to and with the day `until`; those who may approve it hear at once.

    ValidationError by field, and where it is exempt or was asked for already.
    """
    reason, at = without_id_numbers(reason.strip()), at or timezone.now()
    _check(line, reason, until, at)
    try:
        with transaction.atomic():
            made = Exemption.objects.create(
                branch_id=line.branch_id, line=line, kind=kind, reason=reason, until=until, asked_by=by
            )
    except IntegrityError as error:
        if "exemption_one" not in str(error):
            raise
        raise ValidationError(_("This line is exempt, or it was asked for already."), code="open") from error
    made.refresh_from_db()
    record(made, "exemption.asked", by=by, customer=line.customer_id, **_about(made), reason=reason)
    told = approvers.at(line.customer.unit, right=DECIDE, but=[by.pk])
    about = {"key": f"exemption:{made.pk}", "subject": made, "customer": line.customer}
    notices.ring_many(told, "exemption.asked", urgent=True, by=str(by), kind_said=made.kind, **about)
    return made


def _check(line, reason, until, at):
    if not reason:
        raise ValidationError({"reason": _("Say why this line must never be stopped.")})
    if until and until < day_in(line.branch, at):
        raise ValidationError({"until": _("This day is over.")})


@transaction.atomic
def approve(exemption: Exemption, *, by: User, at: datetime | None = None) -> Exemption:
    """From now on the line is not stopped for arrears: a stop that is only asked for is withdrawn, one that was
    confirmed is asked back.

    ValidationError for the person who asked, and where it was decided before.
    """
    at = at or timezone.now()
    spare(exemption, at, by=by)
    _decide(exemption, State.APPROVED, at, by=by)
    return exemption


@transaction.atomic
def refuse(exemption: Exemption, *, by: User, answer: str, at: datetime | None = None) -> Exemption:
    """The line stays as any other; who asked hears why."""
    if not answer.strip():
        raise ValidationError({"answer": _("Say why not.")})
    _decide(exemption, State.REFUSED, at or timezone.now(), by=by, answer=without_id_numbers(answer.strip()))
    return exemption


@transaction.atomic
def end(exemption: Exemption, *, by: User, reason: str) -> Exemption:
    """It is over, or no longer asked for; the line is as any other again. ValidationError where it is over already."""
    if not reason.strip():
        raise ValidationError({"reason": _("Say why it ends.")})
    return close(exemption, by=by, reason=without_id_numbers(reason.strip()))


def close(exemption: Exemption, *, by: User | None, reason="") -> Exemption:
    """The same by itself, when its last day is over: without words."""
    exemption.move_to(State.ENDED, by=by, reason=reason)
    notices.settle(exemption)
    record(exemption, "exemption.ended", by=by, customer=exemption.line.customer_id, **_about(exemption))
    return exemption


def _decide(exemption, state, at, *, by, answer=""):
    """By somebody who did not ask; a constraint says so too."""
    exemption.lock()
    if by.pk == exemption.asked_by_id:
        raise ValidationError(_("Somebody else must decide: you asked for it."), code="four_eyes")
    if exemption.state != State.ASKED:
        said = _("This was decided already: %(state)s.") % {"state": exemption.get_state_display()}
        raise ValidationError(said, code="move")
    Exemption.objects.filter(pk=exemption.pk).update(decided_by=by, decided_at=at, answer=answer)
    exemption.move_to(state, by=by, reason=answer)
    notices.settle(exemption)
    why = {"reason": answer} if answer else {}
    record(exemption, f"exemption.{state}", by=by, customer=exemption.line.customer_id, **_about(exemption), **why)
    kind = f"exemption.{state}"
    about = {"key": f"{kind}:{exemption.pk}", "subject": exemption, "customer": exemption.line.customer}
    notices.ring(exemption.asked_by, kind, by=str(by), kind_said=exemption.kind, **about)


def _about(exemption):
    return {"line": exemption.line_id, "kind": exemption.kind, "until": exemption.until}
