"""What is typed when something is agreed about arrears."""

from datetime import date, timedelta
from decimal import Decimal
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from billing.counter.forms import CENT, MoneyField
from billing.dunning.promises.limits import MOST_PARTS
from billing.models import DunningRules, Exemption
from customers.models import Line
from staff.forms import DayInput
from work.forms import ActionForm

DAYS = (3, 5, 7, 10)  # quick choices


class PromiseForm(ActionForm):
    """By when how much, in one part or in several; `beyond` for who may go beyond the rules of the branch."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    note = forms.CharField(label=_("What was said"), max_length=300, required=False)
    beyond = forms.CharField(
        label=_("Why beyond the rules"), max_length=300, required=False,
        help_text=_("Only where the promise goes beyond the rules of the branch; once a quarter."),
    )  # fmt: skip

    def __init__(self, data=None, *, rules: DunningRules, day: date, overdue: Decimal, goes_beyond: bool):
        start = {"key": uuid4(), "due_on_1": day + timedelta(min(5, rules.promise_days)), "amount_1": overdue}
        super().__init__(data, initial=start)
        self.day, self.rules = day, rules
        self.most = min(max(rules.promise_parts, 1), MOST_PARTS)
        for n in range(1, self.most + 1):
            self.fields[f"due_on_{n}"] = forms.DateField(label=_("Pay by"), widget=DayInput, required=n == 1)
            self.fields[f"amount_{n}"] = MoneyField(label=_("Amount"), required=n == 1, min_value=CENT)
        self.fields["due_on_1"].widget.attrs |= {"autofocus": True, "data-first-day": True}
        if not goes_beyond:
            del self.fields["beyond"]

    @property
    def quick(self):
        """(days, day) of each quick choice that the rules allow."""
        return [(days, self.day + timedelta(days)) for days in DAYS if days <= self.rules.promise_days]

    @property
    def first(self):
        return self["due_on_1"], self["amount_1"]

    @property
    def more(self):
        """(n, day, amount) of the further parts, bound."""
        return [(n, self[f"due_on_{n}"], self[f"amount_{n}"]) for n in range(2, self.most + 1)]

    @property
    def in_parts(self):
        """Whether a further part was typed."""
        return any(day.value() or amount.value() for _n, day, amount in self.more)

    def clean(self):
        said, ended = super().clean(), False
        for n in range(2, self.most + 1):
            names = f"due_on_{n}", f"amount_{n}"
            typed = [name for name in names if said.get(name) or name in self.errors]
            if typed and (ended or len(typed) == 1):
                missing = next((name for name in names if name not in typed), names[0])
                words = _("Fill in the parts from the top.") if ended else _("Say by when, and how much.")
                self.add_error(missing, words)
            ended = ended or not typed
        return said

    def told(self):
        """As `promise` takes it."""
        said = self.cleaned_data
        rows = [(said.get(f"due_on_{n}"), said.get(f"amount_{n}")) for n in range(1, self.most + 1)]
        told = {"parts": [row for row in rows if all(row)], "key": str(said["key"]), "note": said["note"]}
        return told | {"beyond": said.get("beyond", "")}


class WithdrawForm(ActionForm):
    reason = forms.CharField(label=_("Why it is withdrawn"), max_length=300)


class DisputeForm(ActionForm):
    key = forms.UUIDField(widget=forms.HiddenInput)
    reason = forms.CharField(
        label=_("What the customer contests"), max_length=300, widget=forms.TextInput({"autofocus": True})
    )
    until = forms.DateField(
        label=_("Until"), widget=DayInput, required=False, help_text=_("Left empty: until it is settled.")
    )

    def __init__(self, data=None):
        super().__init__(data, initial={"key": uuid4()})

    def told(self):
        return self.cleaned_data | {"key": str(self.cleaned_data["key"])}


class StopForm(ActionForm):
    key = forms.UUIDField(widget=forms.HiddenInput)
    until = forms.DateField(label=_("Until"), widget=DayInput({"autofocus": True}))
    reason = forms.CharField(label=_("Why dunning is stopped"), max_length=300)

    def __init__(self, data=None, *, day: date):
        super().__init__(data, initial={"key": uuid4(), "until": day + timedelta(7)})

    def told(self):
        return self.cleaned_data | {"key": str(self.cleaned_data["key"])}


class EndForm(ActionForm):
    """What came of a dispute, or why dunning goes on."""

    outcome = forms.CharField(label=_("What came of it"), max_length=300)


class ExemptForm(ActionForm):
    line = forms.ModelChoiceField(Line.objects.none(), label=_("Line"), widget=forms.RadioSelect)
    kind = forms.ChoiceField(label=_("Kind"), choices=Exemption.Kind.choices)
    reason = forms.CharField(label=_("Why it must never be stopped"), max_length=300)
    until = forms.DateField(
        label=_("Until"), widget=DayInput, required=False, help_text=_("Left empty: until somebody ends it.")
    )

    def __init__(self, data=None, *, customer, shown):
        super().__init__(data)
        lines = Line.objects.filter(customer=customer).exclude(status=Line.Status.OFF_NET).order_by("pk")
        self.fields["line"].queryset = lines
        self.fields["line"].label_from_instance = lambda line: shown.number(line.number) or line.ref


class RefuseForm(ActionForm):
    answer = forms.CharField(label=_("Why not"), max_length=300)


class ExemptionEndForm(ActionForm):
    reason = forms.CharField(label=_("Why it ends"), max_length=300)
