"""The forms that open a customer and change what is written about one."""

import json
from datetime import date

from django import forms
from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from customers.models.customer import CHANGEABLE
from staff.forms import DayInput
from staff.models import Unit


class DetailsForm(forms.ModelForm):
    """What `Customer.change` takes; the record itself is changed by its operation alone."""

    class Meta:
        model = Customer
        fields = CHANGEABLE
        widgets = {"birthday": DayInput, "joined_on": DayInput, "address": forms.TextInput}

    def __init__(self, *args, branch, **kwargs):
        super().__init__(*args, **kwargs)
        communities = Unit.objects.filter(branch=branch, kind=Unit.Kind.COMMUNITY).order_by("path")
        self.fields["community"].queryset = communities
        self.fields["community"].empty_label = _("Not assigned")

    def _post_clean(self):
        pass


class OpenForm(DetailsForm):
    number = forms.CharField(
        label=_("Customer number"), required=False, max_length=40, help_text=_("Left empty, the branch makes one.")
    )
    phone = forms.CharField(label=_("Contact number"), required=False, max_length=40)
    document = forms.CharField(
        label=_("ID document"),
        required=False,
        max_length=40,
        help_text=_("Kept masked; a fingerprint finds the customer again."),
    )
    anyway = forms.BooleanField(label=_("None of them: open a new customer"), required=False)

    field_order = ["name", "phone", "document", "kind", "number"]


class ChangeForm(DetailsForm):
    """Sends back what it showed, so that both sides of a conflict can be named field by field."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    seen = forms.JSONField(widget=forms.HiddenInput, required=False)

    def clean_seen(self):
        seen = self.cleaned_data["seen"]
        return seen if isinstance(seen, dict) else {}

    @classmethod
    def showing(cls, customer):
        start = {"version": customer.version, "seen": as_sent(customer)}
        return cls(instance=customer, initial=start, branch=customer.branch_id)

    def after(self, theirs):
        """The form to show when `theirs` was saved in between, and what clashes: (bound field, their value).

        What the person did not touch follows the record; what they typed stays.
        """
        data, seen, now = self.data.copy(), self.cleaned_data["seen"], as_sent(theirs)
        moved = [name for name in CHANGEABLE if now[name] != seen.get(name)]
        mine = {name: _sent(self.cleaned_data[name]) for name in moved}
        for name in moved:
            if mine[name] == seen.get(name):
                data[name] = now[name]
        data["version"], data["seen"] = theirs.version, json.dumps(now)
        again = ChangeForm(data, instance=theirs, branch=theirs.branch_id)
        clash = [name for name in moved if mine[name] not in (seen.get(name), now[name])]
        return again, [(again[name], _said(theirs, name)) for name in clash]


def as_sent(customer):
    """The changeable values as a form sends them."""
    return {name: _sent(getattr(customer, name)) for name in CHANGEABLE}


def _sent(value):
    if isinstance(value, Model):
        return str(value.pk)
    return "" if value is None else value.isoformat() if isinstance(value, date) else str(value)


def _said(customer, name):
    """A value as people read it."""
    label = getattr(customer, f"get_{name}_display", None)
    return label() if label else getattr(customer, name)
