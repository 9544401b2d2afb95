"""What may be promised, and by whom (domain 4.3): the rules of the branch, and what no person can go beyond."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from billing import money
from billing.dunning.shipped import VIP
from billing.models import Account, DunningRules, PaymentPromise
from customers.masking import reaches
from customers.models import Customer
from staff.absences import stands_in_for
from staff.models import User

DUN = "billing.dun"
FURTHEST = 366  # days from today; nobody promises later than that
MOST_PARTS = 24


def refuse_stranger(customer: Customer, by: User):
    """VIP tiers, groups and locked customers promise to their own manager, a deputy, or who works dunning."""
    if not promises_to(customer, by):
        words = _("This customer's promises to pay are taken by %(person)s.")
        nobody = _("This customer's promises to pay are taken by the account manager, and there is none.")
        refusal = words % {"person": customer.manager} if customer.manager else nobody
        raise ValidationError(refusal, code="not_yours")


def promises_to(customer: Customer, user: User) -> bool:
    if not looked_after(customer) or reaches(user, DUN, customer):
        return True
    manager = customer.manager_id
    if manager is None or user.pk == manager:
        return manager is not None
    return stands_in_for([manager], timezone.now()).get(manager) == user.pk


def looked_after(customer: Customer) -> bool:
    """Whether a person speaks with them before anything happens by itself."""
    return customer.kind == Customer.Kind.GROUP or customer.locked_high_value or customer.tier.code in VIP


def refuse_impossible(account: Account, parts: list[tuple[date, Decimal]], day: date):
    """ValidationError, by field (`due_on_1`, `amount_1`, …), for what nobody may promise on that day."""
    if not 1 <= len(parts) <= MOST_PARTS:
        raise ValidationError({"due_on_1": _("Say by when how much is paid.")})
    before = None
    for n, (due_on, amount) in enumerate(parts, 1):
        if amount <= 0:
            raise ValidationError({f"amount_{n}": _("More than nothing must be promised.")})
        if due_on < day:
            raise ValidationError({f"due_on_{n}": _("This day is over.")})
        if due_on > day + timedelta(FURTHEST):
            raise ValidationError({f"due_on_{n}": _("This day is more than a year away.")})
        if before and due_on <= before:
            raise ValidationError({f"due_on_{n}": _("This part is due before the one before it.")})
        before = due_on
    if sum(amount for _due_on, amount in parts) > account.owed:
        said = {"sum": money.said(account.owed, account.currency)}
        raise ValidationError({"amount_1": _("No more than %(sum)s is owed.") % said})


def beyond(account: Account, parts, rules: DunningRules, day: date, overdue: Decimal) -> dict[str, str]:
    """The rules of the branch that the promise goes beyond, in words by field."""
    found = _days(parts, rules, day)
    total = sum(amount for _due_on, amount in parts)
    if total < overdue:
        sums = {"overdue": money.said(overdue, account.currency), "sum": money.said(total, account.currency)}
        found["amount_1"] = _("%(overdue)s is overdue, the promise comes to %(sum)s only.") % sums
    made = sum(1 for one in of_quarter(account, day) if not one.taken_back_at_once)
    if made >= rules.promises_a_quarter:
        words = ngettext(
            "An account may promise %(n)s time in a quarter.", "An account may promise %(n)s times in a quarter.",
            rules.promises_a_quarter,
        )  # fmt: skip
        found["__all__"] = words % {"n": rules.promises_a_quarter}
    return found


def _days(parts, rules, day):
    found, first, last = {}, day + timedelta(rules.promise_days), day + timedelta(rules.instalment_days)
    if parts[0][0] > first:
        words = _("The first payment must be promised for %(day)s at the latest.")
        found["due_on_1"] = words % {"day": first.isoformat()}
    if len(parts) > 1 and parts[-1][0] > last:
        words = _("Instalments end on %(day)s at the latest.") % {"day": last.isoformat()}
        found[f"due_on_{len(parts)}"] = words
    if len(parts) > rules.promise_parts:
        words = ngettext("At most %(n)s part.", "At most %(n)s parts.", rules.promise_parts)
        found[f"due_on_{rules.promise_parts + 1}"] = words % {"n": rules.promise_parts}
    return found


def of_quarter(account: Account, day: date) -> list[PaymentPromise]:
    """What was promised in the quarter of that day; each says whether it was `taken_back_at_once`, on its own day."""
    zone = ZoneInfo(account.branch.time_zone)
    begin = datetime(day.year, (day.month - 1) // 3 * 3 + 1, 1, tzinfo=zone)
    rows = list(PaymentPromise.objects.filter(account=account, made_at__gte=begin))
    for one in rows:
        withdrawn = one.state == PaymentPromise.State.WITHDRAWN
        days = {timezone.localdate(moment, zone) for moment in (one.made_at, one.ended_at) if moment}
        one.taken_back_at_once = withdrawn and len(days) == 1
    return rows
