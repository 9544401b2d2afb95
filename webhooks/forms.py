"""The forms of webhooks: a new subscription, a period to send again."""

from uuid import uuid4

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from staff.models import Unit
from staff.scope import scope_of
from webhooks.kinds import KINDS
from webhooks.models import RIGHT, Delivery

MOMENT = forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
WAITING, DEAD, DELIVERED = Delivery.State.WAITING, Delivery.State.DEAD, Delivery.State.DELIVERED


class SubscriptionForm(forms.Form):
    """The key is made with the page, so that pressing the button twice makes one subscription."""

    name = forms.CharField(
        label=pgettext_lazy("thing", "Name"), max_length=100, help_text=_("Which system is told, e.g. Billing.")
    )
    url = forms.CharField(
        label=_("Address"),
        max_length=500,
        widget=forms.URLInput,
        help_text=_("HTTPS; the operator of this installation lists the hosts that may be called."),
    )
    unit = forms.ModelChoiceField(
        queryset=None,
        label=_("Unit"),
        empty_label=None,
        help_text=_("Events about customers of this unit and everything below it, as customers are placed today."),
    )
    kinds = forms.MultipleChoiceField(
        label=_("Events"), choices=list(KINDS.items()), widget=forms.CheckboxSelectMultiple
    )
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        scope = scope_of(user, RIGHT)
        units = Unit.objects.in_branches(scope.branches) | Unit.objects.filter(pk__in=scope.units)
        self.fields["unit"].queryset = units.open_now().order_by("path")


class PeriodForm(forms.Form):
    STATES = {
        "dead": (_("What was given up"), [DEAD]),
        "open": (_("What has not arrived"), [DEAD, WAITING]),
        "all": (_("Everything, also what has arrived"), [DEAD, WAITING, DELIVERED]),
    }
    since = forms.DateTimeField(label=_("From"), widget=MOMENT)
    until = forms.DateTimeField(label=_("Until"), widget=MOMENT, required=False, help_text=_("Left empty: until now."))
    which = forms.ChoiceField(label=_("Send again"), choices=[(name, said) for name, (said, _) in STATES.items()])

    def period(self):
        """Arguments of `redeliver_period`."""
        sent = self.cleaned_data
        return {
            "since": sent["since"],
            "until": sent["until"] or timezone.now(),
            "states": self.STATES[sent["which"]][1],
        }


class SecretForm(forms.Form):
    """The number of the secret that the page showed."""

    seen = forms.IntegerField(widget=forms.HiddenInput)
