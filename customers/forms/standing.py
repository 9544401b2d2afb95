"""Small forms about a customer's standing: account manager, tier, numbers."""

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models import Identifier, Tier
from customers.models.looked_after import MANAGING_ROLES
from staff.forms import DayInput
from staff.models import Posting, Unit, User


def managers_of(branches: Q):
    """Who is an account manager in one of the branches, today or later."""
    where = Unit.objects.filter(branches)
    held = Posting.objects.filter(
        Q(unit__in=where) | Q(unit__branch__in=where),
        Q(valid_to=None) | Q(valid_to__gt=timezone.localdate()),
        role__in=MANAGING_ROLES,
    )
    return User.objects.filter(is_active=True, pk__in=held.values("user")).order_by("name")


class AssignForm(forms.Form):
    title = _("Assign an account manager")
    manager = forms.ModelChoiceField(
        User.objects.none(), label=_("Account manager"), required=False, empty_label=_("Nobody")
    )
    on = forms.DateField(label=_("From which day"), widget=DayInput)

    def __init__(self, *args, customer, **kwargs):
        today = timezone.localdate()
        super().__init__(*args, initial={"on": today, "manager": customer.manager_id}, **kwargs)
        self.fields["manager"].queryset = managers_of(Q(pk=customer.branch_id))


class TierForm(forms.Form):
    title = _("Change the tier")
    tier = forms.ModelChoiceField(Tier.objects.none(), label=_("Tier"), empty_label=None)
    reason = forms.CharField(label=_("Why"), max_length=200)
    locked_high_value = forms.BooleanField(
        label=_("Locked high-value"), required=False, help_text=_("Shown at the head of the customer's page.")
    )

    def __init__(self, *args, customer, **kwargs):
        start = {"tier": customer.tier_id, "locked_high_value": customer.locked_high_value}
        super().__init__(*args, initial=start, **kwargs)
        self.fields["tier"].queryset = Tier.objects.filter(branch=customer.branch_id)


class NumberForm(forms.Form):
    title = _("Add a number")
    KINDS = [
        kind for kind in Identifier.Kind.choices if kind[0] not in (Identifier.Kind.CUSTOMER, Identifier.Kind.SERVICE)
    ]
    kind = forms.ChoiceField(label=_("Kind"), choices=KINDS)
    written = forms.CharField(label=_("Number"), max_length=64)
