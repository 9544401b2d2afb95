"""The clerk's shift: opened with a float, counted, explained, signed. Counted = float + taken − paid back."""

from datetime import datetime
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.trail import record
from billing.counter import approvers
from billing.models import Account, Receipt, Reversal, Shift, ShiftCount
from billing.models.shifts import WAYS
from staff.models import Unit, User
from staff.rights import RIGHTS
from staff.scope import postings_of
from work import notices

PIECES = ("100", "50", "20", "10", "5", "1", "0.5", "0.1")  # yuan: notes and coins
NOTHING = Decimal("0.00")


def place_of(user: User) -> Unit:
    """The hall in which the person takes payments today: the unit of the first posting that may."""
    for posting in postings_of(user):
        if posting.role in RIGHTS["billing.take_payment"]:
            return posting.unit
    raise ValidationError(_("%(person)s has no posting that takes payments today.") % {"person": user})


@transaction.atomic
def open_shift(*, by: User, opening_float: Decimal = NOTHING, at: datetime | None = None) -> Shift:
    """The person's open shift, made if there is none; ValidationError where one is open with another float."""
    unit = place_of(by)
    made = Shift(branch=unit.home, unit=unit, clerk=by, opening_float=opening_float, opened_at=at or timezone.now())
    Shift.objects.bulk_create([made], ignore_conflicts=True)
    shift = Shift.objects.open().select_for_update(of=("self",)).get(clerk=by)
    if shift.opening_float != opening_float:
        said = _("A shift is open already, with a float of ¥%(sum)s.") % {"sum": shift.opening_float}
        raise ValidationError({"opening_float": said})
    if shift.opened_at == made.opened_at:
        record(shift, "shift.opened", by=by, opening_float=opening_float)
    return shift


def lock_open(clerk: User) -> Shift:
    """The person's open shift, locked: it cannot be counted until the transaction ends. ValidationError without one."""
    shift = open_of(clerk, locked=True)
    if shift is None:
        raise ValidationError(_("Your shift is not open."), code="no_shift")
    return shift


def open_of(clerk: User, *, locked=False) -> Shift | None:
    rows = Shift.objects.open().filter(clerk=clerk)
    if locked:
        rows = rows.select_for_update(of=("self",))
    return rows.select_related("unit", "branch").first()


def recorded(shift: Shift) -> dict[str, Decimal]:
    """What should be there, by way of payment: the float, what was taken, less what was paid back out of this till."""
    sums = dict.fromkeys(WAYS, NOTHING) | {Account.Way.CASH: shift.opening_float}
    for way, taken in _by_way(Receipt.objects.filter(shift=shift), "payment"):
        sums[way] += taken
    for way, back in _by_way(Reversal.objects.filter(shift=shift, state="approved"), "receipt__payment"):
        sums[way] -= back
    return sums


def _by_way(rows, payment):
    return rows.values_list(f"{payment}__way").annotate(Sum(f"{payment}__amount")).order_by()


def worth(pieces: dict[str, int]) -> Decimal:
    """What so many notes and coins come to."""
    return sum((Decimal(piece) * count for piece, count in pieces.items()), NOTHING)


@transaction.atomic
def count(
    shift: Shift,
    *,
    by: User,
    counted: dict[str, Decimal],
    pieces: dict[str, int] | None = None,
    explanation: str = "",
    at: datetime | None = None,
) -> Shift:
    """End the shift with what was `counted` by way of payment; nothing may be taken in it from now on.

    Equal to what was recorded it is closed; otherwise it needs an `explanation` and waits for a signature, and may be
    counted again until then. A clerk counts their own till; one that was left open since another day, also whoever
    approves for it. Raises ValidationError by field.
    """
    shift.lock()
    at = at or timezone.now()
    _check_counter(shift, by, at)
    sums = recorded(shift)
    differs = any(counted[way] != sums[way] for way in WAYS)
    if differs and not explanation.strip():
        raise ValidationError({"explanation": _("This is not what was recorded. Count again, or say why.")})
    _keep_count(shift, sums, counted)
    shift.counted_at, shift.counted_by, shift.pieces = at, by, pieces or {}
    shift.differs, shift.explanation = differs, explanation.strip() if differs else ""
    shift.save(update_fields=["counted_at", "counted_by", "pieces", "differs", "explanation"])
    state = Shift.State.COUNTED if differs else Shift.State.CLOSED
    if shift.state != state:
        shift.move_to(state, by=by)
    record(shift, "shift.counted", by=by, recorded=sums, counted=counted, explanation=shift.explanation)
    _tell(shift, differs)
    return shift


def _check_counter(shift, by, at):
    if shift.state == Shift.State.CLOSED:
        raise ValidationError(_("This shift is closed already."), code="closed")
    if by.pk != shift.clerk_id and not shift.is_left_open(at) and shift.counted_by_id != by.pk:
        raise ValidationError(_("Only %(clerk)s counts this till today.") % {"clerk": shift.clerk})


def _keep_count(shift, sums, counted):
    rows = [ShiftCount(shift=shift, way=way, recorded=sums[way], counted=counted[way]) for way in WAYS]
    fields = ["recorded", "counted"]
    ShiftCount.objects.bulk_create(rows, update_conflicts=True, unique_fields=["shift", "way"], update_fields=fields)


def _tell(shift, differs):
    """Whoever signs hears of a difference, once; a count that now agrees needs no signature."""
    notices.settle(shift, *(["shift.left_open"] if differs else []))
    if differs:
        told = approvers.at(shift.unit, but=[shift.clerk_id, shift.counted_by_id])
        about = {"clerk": str(shift.clerk), "day": timezone.localdate(shift.opened_at)}
        notices.ring_many(told, "shift.differs", key=f"shift.differs:{shift.pk}", subject=shift, **about)


@transaction.atomic
def sign(shift: Shift, *, by: User, at: datetime | None = None) -> Shift:
    """Take note of a difference and close the shift; neither the clerk nor who counted may."""
    shift.lock()
    if by.pk in (shift.clerk_id, shift.counted_by_id):
        raise ValidationError(_("Somebody else must sign: you counted it, or it is your till."), code="four_eyes")
    if shift.state == Shift.State.COUNTED:
        shift.signed_by, shift.signed_at = by, at or timezone.now()
        shift.save(update_fields=["signed_by", "signed_at"])
    shift.move_to(Shift.State.CLOSED, by=by)
    notices.settle(shift)
    return shift
