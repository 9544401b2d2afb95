"""The forms of the simulator's pages."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ReplyForm(forms.Form):
    text = forms.CharField(
        label=_("Reply"),
        max_length=500,
        widget=forms.Textarea({"rows": 2, "data-key": "r", "data-key-label": _("Reply")}),
        help_text=_("As the customer would write it, e.g. TD to refuse marketing, 1 to agree."),
    )


class LeversForm(forms.Form):
    """What becomes of the next messages, whoever they are for."""

    BEHAVIOURS = [
        ("accept", pgettext_lazy("simulator", "Takes it")),
        ("delay", pgettext_lazy("simulator", "Takes it, but answers slowly")),
        ("timeout", pgettext_lazy("simulator", "Takes it and never answers")),
        ("refuse", pgettext_lazy("simulator", "Refuses it for good")),
        ("throttle", pgettext_lazy("simulator", "Says: not now")),
        ("undelivered", pgettext_lazy("simulator", "Takes it, then reports that it could not be delivered")),
        ("lose", pgettext_lazy("simulator", "Takes it and loses it")),
    ]
    behaviour = forms.ChoiceField(label=_("What the gateway does"), choices=BEHAVIOURS)
    count = forms.IntegerField(label=_("With how many messages"), min_value=1, max_value=1000, initial=1)
