"""What the simulated billing system is told to do. Every form tells it by `tell(system, branch)`."""

from decimal import Decimal
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from billing.models import ServiceRequest
from billing.simulated import BillingSystem, line_called
from customers.models import Line
from staff.models import Unit

BEHAVIOURS = {
    "confirm": pgettext_lazy("billing system", "Accepts it, then confirms it"),
    "at_once": pgettext_lazy("billing system", "Confirms it without accepting it first"),
    "late": pgettext_lazy("billing system", "Accepts it, confirms it late"),
    "twice": pgettext_lazy("billing system", "Gives every answer twice"),
    "out_of_order": pgettext_lazy("billing system", "Confirms it, then accepts it"),
    "accept": pgettext_lazy("billing system", "Accepts it and never confirms it"),
    "silent": pgettext_lazy("billing system", "Never answers"),
    "refuse": pgettext_lazy("billing system", "Refuses it"),
    "refuse_late": pgettext_lazy("billing system", "Accepts it, then refuses it"),
    "contradict": pgettext_lazy("billing system", "Confirms it, then refuses it"),
}
CHOICES = list(BEHAVIOURS.items())
OTHERWISE = [("", "–"), *CHOICES[1:]]
ACTIONS = [("", "–"), *ServiceRequest.Action.choices]
DONE = {
    Line.Status.OFF_NET: _("Cancel the line"),
    Line.Status.SUSPENDED_TWO_WAY: _("Suspend two-way"),
    Line.Status.SUSPENDED_ONE_WAY: _("Suspend one-way"),
    Line.Status.ACTIVE: _("Restore"),
}


class Lever(forms.Form):
    """`now`: the settings as the simulator shows them, {} where it is silent; what is set already is filled in."""

    def __init__(self, *args, now=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial |= self.filled_in(now or {})

    def filled_in(self, now: dict) -> dict:
        return {}

    @property
    def rows(self) -> list[list[forms.BoundField]]:
        """What stands side by side."""
        return [self.visible_fields()]


class NextForm(Lever):
    """What becomes of the next requests, whoever they are about."""

    behaviour = forms.ChoiceField(label=_("What the billing system does"), choices=CHOICES)
    count = forms.IntegerField(label=_("With how many requests"), min_value=1, max_value=1000, initial=1)

    def tell(self, system: BillingSystem, branch: Unit):
        system.pull(next=self.cleaned_data)


class UsualForm(Lever):
    """What becomes of the others, until it is set otherwise."""

    accept_after = forms.FloatField(label=_("Seconds until it accepts"), min_value=0, max_value=3600)
    confirm_after = forms.FloatField(label=_("Seconds from there to the answer"), min_value=0, max_value=3600)
    late_after = forms.FloatField(label=_("Seconds when it is late"), min_value=0, max_value=3600)
    share = forms.IntegerField(label=_("Share that goes otherwise, %"), min_value=0, max_value=100, required=False)
    otherwise = forms.ChoiceField(label=_("What becomes of that share"), choices=OTHERWISE, required=False)
    action = forms.ChoiceField(label=_("One action apart"), choices=ACTIONS, required=False)
    of_action = forms.ChoiceField(label=_("What becomes of that action"), choices=OTHERWISE, required=False)
    line = forms.CharField(label=_("One service number apart"), max_length=40, required=False)
    of_line = forms.ChoiceField(label=_("What becomes of that number"), choices=OTHERWISE, required=False)
    SECONDS = ("accept_after", "confirm_after", "late_after")
    PAIRS = [("share", "otherwise"), ("action", "of_action"), ("line", "of_line")]

    def clean(self):
        said = self.cleaned_data
        missing = {name for what, name in self.PAIRS if said.get(what) and not said.get(name)} - self.errors.keys()
        if missing:
            raise ValidationError({name: _("Say what becomes of it.") for name in missing})

    @property
    def rows(self):
        return [[self[name] for name in row] for row in (self.SECONDS, *self.PAIRS)]

    def filled_in(self, now):
        found = {name: f"{now[name]:g}" for name in self.SECONDS if name in now}
        named = [("actions", "action", "of_action"), ("lines", "line", "of_line"), ("mix", "share", "otherwise")]
        for name, what, becomes in named:
            for one, kind in list(now.get(name, {}).items())[:1]:
                found |= {what: round(100 * kind), becomes: one} if name == "mix" else {what: one, becomes: kind}
        return found

    def tell(self, system, branch):
        said = self.cleaned_data
        seconds = {name: said[name] for name in self.SECONDS}
        share = {said["otherwise"]: said["share"] / 100} if said["share"] else {}
        apart = {"actions": _pair(said["action"], said["of_action"]), "lines": _pair(said["line"], said["of_line"])}
        system.pull(mix=share, **apart, **seconds)


class DeedForm(Lever):
    """Something done unasked; sent twice it is done once."""

    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)

    def tell(self, system, branch):
        said = {name: str(value) for name, value in self.cleaned_data.items()}
        system.do(branch.code, self.what, **said)


class PaymentForm(DeedForm):
    what = "payments"
    account = forms.CharField(label=_("Account number"), max_length=60)
    amount = forms.DecimalField(label=_("Amount"), max_digits=10, decimal_places=2, min_value=Decimal("0.01"))


class ReversalForm(DeedForm):
    what = "reversals"
    payment = forms.CharField(label=_("Number of the payment"), max_length=80)
    reason = forms.CharField(label=_("Reason"), max_length=300)


class LineForm(DeedForm):
    what = "lines"
    number = forms.CharField(label=_("Service number"), max_length=40)
    status = forms.ChoiceField(label=pgettext_lazy("billing system", "What it does"), choices=list(DONE.items()))
    reason = forms.CharField(label=_("Reason"), max_length=300)

    def tell(self, system, branch):
        line = line_called(self.cleaned_data["number"], branch)
        if line is None:
            raise ValidationError({"number": _("There is no line of this number.")})
        self.cleaned_data |= {"line": line.pk, "number": line.number}
        super().tell(system, branch)


def _pair(name, kind):
    return {name: kind} if name else {}
