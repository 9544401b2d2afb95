"""Money given back for a complaint, as an adjustment of a bill (A11, G02).

Each person gives so much alone, as their role allows; beyond that another person approves. All that the customer was
promised lately counts, and all that the complaint ever was: many small sums, many complaints or a merge are no way
around the limit. The customer's accounts are locked
first: that keeps the sums true, and locks in their order.
"""

from datetime import datetime
from decimal import Decimal
from hashlib import blake2b

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.trail import record
from billing import ledger
from billing.lately import asked_lately, total
from billing.models import Account, Adjustment, Bill
from complaints import limits, owners, telling
from complaints.contesting import neutral
from complaints.guards import in_hand, said
from complaints.models import Compensation, Complaint
from complaints.moving import Outdated, held, keep
from staff.models import User

COUNTED = (Compensation.State.ASKED, Compensation.State.GIVEN)


@transaction.atomic
def ask(
    complaint: Complaint, bill: Bill, amount: Decimal, *, by: User, reason: str, key: str, at: datetime | None = None,
    edition: int | None = None,
) -> Compensation:  # fmt: skip
    """Give so much of the bill back: at once within the person's own limit, otherwise when somebody approves it.

    The same key is one compensation. ValidationError by field.
    """
    at = at or timezone.now()
    lock_accounts(complaint)
    if made := Compensation.objects.filter(complaint=complaint, key=key).first():
        return made
    reason = said("reason", reason, _("Say what it is given for."))
    _check(complaint, bill, amount)
    promised = _promised(complaint, at)
    made = Compensation(complaint=complaint, key=key, account=bill.account, bill=bill, amount=amount, reason=reason)
    made.asked_by, made.asked_at, made.alone = by, at, promised + amount <= limits.alone(by, complaint)
    if made.alone:
        made.state, made.decided_by, made.decided_at = Compensation.State.GIVEN, by, at
        made.adjustment = _book(made)
    one = _fit(complaint, by, edition)
    made.save()
    keep(one, at)
    record(made, f"compensation.{made.state}", by=by, amount=amount, bill=bill.ref)
    if not made.alone:
        _ring_approver(made, promised + amount, by, at)
    return made


@transaction.atomic
def approve(compensation: Compensation, *, by: User, at: datetime | None = None) -> Compensation:
    """Somebody else agrees, and the bill is less; decided twice, the second is refused."""
    at = at or timezone.now()
    lock_accounts(compensation.complaint)
    seen = Compensation.objects.select_related("complaint", "bill").get(pk=compensation.pk)
    _undecided(seen)
    limits.check_approver(by, seen, _promised(seen.complaint, at))
    booked = _book(seen, by)
    one = held(seen.complaint)
    return _decide(seen, one, Compensation.State.GIVEN, by=by, at=at, adjustment=booked)


@transaction.atomic
def refuse(compensation: Compensation, *, by: User, reason: str, at: datetime | None = None) -> Compensation:
    """It is not given; who asked hears why."""
    at, one = at or timezone.now(), held(compensation.complaint)
    seen = Compensation.objects.get(pk=compensation.pk)
    _undecided(seen)
    limits.check_approver(by, seen, seen.amount)
    reason = said("refused_for", reason, _("Say why not."))[:300]
    return _decide(seen, one, Compensation.State.REFUSED, by=by, at=at, refused_for=reason)


def bill_of(complaint: Complaint, amount: Decimal, user: User) -> Bill:
    """The bill that the complaint is about, or else the customer's newest of so much; ValidationError where the person
    sees none.
    """
    rows = Bill.objects.visible_to(user).filter(account__customer=complaint.customer_id or 0, account__currency="CNY")
    large = rows.filter(amount__gte=amount - F("adjusted"))
    found = rows.filter(pk=complaint.bill_id or 0).first() or large.order_by("-issued_on", "-pk").first()
    if found is None:
        raise ValidationError(_("The customer has no bill of so much."), code="bill")
    return found


def lock_accounts(complaint: Complaint):
    """The accounts of its customer, which are held before the complaint."""
    ledger.lock(Account.objects.filter(customer=complaint.customer_id or 0).values_list("pk", flat=True))


def _promised(complaint, at):
    """What was given for the complaint and those merged into it, and for others of the customer lately, or would be
    given if everything asked for is approved."""
    which = Q(complaint=complaint) | Q(complaint__merged_into=complaint)
    if complaint.customer_id:
        which |= asked_lately(at, complaint__customer=complaint.customer_id)
    return total(Compensation.objects.filter(which, state__in=COUNTED))


def _check(complaint, bill, amount):
    if bill.account.customer_id != complaint.customer_id:
        raise ValidationError({"bill": _("Choose a bill of this customer.")}, code="bill")
    if bill.account.currency != "CNY":
        raise ValidationError({"bill": _("The limits are in yuan: choose a bill in yuan.")}, code="currency")
    if not amount > 0:
        raise ValidationError({"amount": _("Give more than nothing.")}, code="amount")
    left = Bill.objects.get(pk=bill.pk)
    if amount > left.amount + left.adjusted:
        raise ValidationError({"amount": _("The bill is not that much.")}, code="amount")


def _book(made, by=None):
    """The adjustment, known by the form's key: the ledger keeps one of a number. Neither its number nor its reason
    says anything of a complaint about somebody.
    """
    complaint, ref, reason = made.complaint, f"C{made.complaint.number}/{_digest(made.key)}", made.reason
    if complaint.person_id:
        ref, reason = f"C/{_digest(f'{complaint.pk} {made.key}')}", neutral(made.bill)
    ledger.adjust(
        [
            Adjustment(
                branch_id=complaint.branch_id, bill=made.bill, ref=ref, kind=Adjustment.Kind.COMPENSATION,
                amount=-made.amount, reason=reason, by=by or made.asked_by,
            )
        ]
    )  # fmt: skip
    return Adjustment.objects.get(branch=complaint.branch_id, ref=ref)


def _digest(key):
    return blake2b(key.encode(), digest_size=8).hexdigest()


def _fit(complaint, by, edition):
    one = held(complaint)
    if edition is not None and one.edition != edition:
        raise Outdated
    in_hand(one, by)
    return one


def _undecided(compensation):
    if compensation.state != Compensation.State.ASKED:
        raise ValidationError(compensation._refusal(Compensation.State.GIVEN), code="move")


def _decide(compensation, one, state, *, by, at, **told):
    owners.stays_out(one, by)
    fields = {"decided_by": by, "decided_at": at} | told
    fresh = Compensation.objects.filter(pk=compensation.pk, state=Compensation.State.ASKED)
    if not fresh.update(state=state, **fields):
        raise ValidationError(_("This was decided already."), code="move")
    compensation.refresh_from_db()
    keep(one, at)
    record(compensation, f"compensation.{state}", by=by, amount=compensation.amount)
    telling.settle("compensation_asked", one, key=compensation.pk)
    told = {"key": compensation.pk, "at": at, "amount": str(compensation.amount)}
    telling.ring([compensation.asked_by], f"compensation_{state}", one, **told)
    return compensation


def _ring_approver(made, total, by, at):
    people = limits.approvers(made, total)
    about = {"key": made.pk, "at": at, "amount": str(made.amount), "by": str(by)}
    telling.ring(people, "compensation_asked", made.complaint, **about)
