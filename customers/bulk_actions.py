"""What can be done with every customer of the list, all at once."""

from datetime import date

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from customers.forms.standing import managers_of
from customers.masking import Shown as Seen
from customers.models import Customer
from jobs.bulk.lists import Action, List, Shown, declare
from staff.at_once import most_at_once
from staff.forms import DayInput
from staff.models import User

ASSIGN, TIER = "customers.assign_manager", "customers.change_tier"
LOCK = [("1", _("Lock")), ("0", _("Unlock"))]


class ManagerForm(forms.Form):
    manager = forms.ModelChoiceField(
        User.objects.none(), label=_("Account manager"), required=False, empty_label=_("Nobody")
    )
    on = forms.DateField(label=_("From which day"), widget=DayInput)

    def __init__(self, data=None, *, user, **options):
        super().__init__(data, initial={"on": timezone.localdate()}, **options)
        self.fields["manager"].queryset = managers_of(Q(pk__in=user.branches_today()))


class LockForm(forms.Form):
    locked = forms.TypedChoiceField(label=_("Locked high-value"), choices=LOCK, coerce=lambda said: said == "1")

    def __init__(self, data=None, *, user, **options):
        super().__init__(data, **options)


def assign(one, by, told):
    held = one.assignments.on(told["on"]).first()
    if (held and held.manager) == told["manager"]:
        raise ValidationError(_now("Nothing would change."), code="same")
    made = one.assign_manager(told["manager"], on=told["on"], by=by)
    return {"made": made and made.pk, "before": held and held.manager_id, "on": told["on"]}


def unassign(one, by, kept):
    """Taken back as long as it has not begun; who had the customer before goes on, and nobody where nobody had."""
    if kept["made"]:
        one.withdraw_assignment(one.assignments.get(pk=kept["made"]), by=by)
    else:
        before = User.objects.get(pk=kept["before"])
        one.assign_manager(before, on=date.fromisoformat(kept["on"]), by=by)


def lock(one, by, told):
    if one.locked_high_value == told["locked"]:
        raise ValidationError(_now("Nothing would change."), code="same")
    one.lock_high_value(by=by, locked=told["locked"])
    return {"locked": not told["locked"]}


def unlock(one, by, kept):
    one.lock_high_value(by=by, locked=kept["locked"])


def reached_with(right):
    return lambda rows, user: rows.reached_with(right, user)


ACTIONS = [
    Action(
        "manager", _("Assign an account manager"), "a", ManagerForm, assign, unassign, reached_with(ASSIGN),
        _("It can be undone on the day from which it holds, and before."),
    ),
    Action("lock", _("Lock as high-value, or unlock"), "k", LockForm, lock, unlock, reached_with(TIER)),
]  # fmt: skip


def hold(pk):
    return Customer.objects.select_for_update(of=["self"]).get(pk=pk)


def shown(rows, user):
    found = rows.select_related("branch", "unit", "manager")
    return {one.pk: Shown(one.number, Seen(one, user).title, reverse("customer", args=[one.pk])) for one in found}


declare(
    List(
        name="customers",
        right=ASSIGN,
        reached=Customer.objects.visible_to,
        hold=hold,
        edition="version",
        shown=shown,
        most=most_at_once,
        actions=ACTIONS,
    )
)
