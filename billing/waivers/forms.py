"""What is typed when a late fee is waived."""

from decimal import Decimal
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from billing.counter.forms import CENT, MoneyField
from work.forms import ActionForm


class WaiveForm(ActionForm):
    key = forms.UUIDField(widget=forms.HiddenInput)
    amount = MoneyField(label=_("Late fee to waive"), min_value=CENT)
    reason = forms.CharField(label=_("Why it is waived"), max_length=300)

    def __init__(self, data=None, *, most: Decimal):
        super().__init__(data, initial={"key": uuid4(), "amount": most or None})
        self.fields["amount"].widget.attrs["autofocus"] = True

    def told(self):
        """As `waive` takes it."""
        return self.cleaned_data | {"key": str(self.cleaned_data["key"])}


class RefuseForm(ActionForm):
    answer = forms.CharField(label=_("Why not"), max_length=300)
