"""What the simulated gateway is told to do."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

GOES_WELL = {
    "accept": pgettext_lazy("simulator", "Takes it"),
    "delay": pgettext_lazy("simulator", "Takes it, but answers slowly"),
    "report_first": pgettext_lazy("simulator", "Reports the delivery before it answers"),
}
GOES_WRONG = {
    "timeout": pgettext_lazy("simulator", "Takes it and never answers"),
    "reset": pgettext_lazy("simulator", "Takes it and breaks the connection off"),
    "cut": pgettext_lazy("simulator", "Takes it and breaks off in the middle of the answer"),
    "error_after": pgettext_lazy("simulator", "Takes it and answers with an error"),
    "undelivered": pgettext_lazy("simulator", "Takes it, then reports that it could not be delivered"),
    "lose": pgettext_lazy("simulator", "Takes it and loses it"),
    "throttle": pgettext_lazy("simulator", "Says: not now"),
    "error": pgettext_lazy("simulator", "Answers with an error before it takes it"),
    "drop": pgettext_lazy("simulator", "Breaks the connection off before it takes it"),
    "refuse": pgettext_lazy("simulator", "Refuses it for good"),
}
BEHAVIOURS = GOES_WELL | GOES_WRONG


class LeversForm(forms.Form):
    """What becomes of the next messages, whoever they are for."""

    behaviour = forms.ChoiceField(label=_("What the gateway does"), choices=list(BEHAVIOURS.items()))
    count = forms.IntegerField(label=_("With how many messages"), min_value=1, max_value=1000, initial=1)


class FaultsForm(forms.Form):
    """What becomes of all messages from now on; without a share and a delay they go well again."""

    share = forms.IntegerField(label=_("Share that goes wrong, %"), min_value=0, max_value=100, required=False)
    failure = forms.ChoiceField(label=_("What goes wrong"), choices=[("", "–"), *GOES_WRONG.items()], required=False)
    delay = forms.FloatField(label=_("Seconds until it answers the others"), min_value=0, max_value=60, required=False)

    def clean(self):
        if self.cleaned_data.get("share") and not self.cleaned_data.get("failure"):
            raise ValidationError({"failure": _("Say what goes wrong.")})

    def said(self) -> dict:
        """{mix, delay} as the simulator takes them; shares from 0 to 1, seconds."""
        share, delay = (self.cleaned_data["share"] or 0) / 100, self.cleaned_data["delay"] or 0
        wrong = {self.cleaned_data["failure"]: share} if share else {}
        slow = {"delay": 1 - share} if delay and share < 1 else {}
        return {"mix": wrong | slow, "delay": delay}
