"""Answering from a simulated phone."""

from django import forms
from django.utils.translation import gettext_lazy as _


class ReplyForm(forms.Form):
    text = forms.CharField(
        label=_("Reply"),
        max_length=500,
        widget=forms.Textarea({"rows": 2, "data-key": "r", "data-key-label": _("Reply")}),
        help_text=_("As the customer would write it, e.g. TD to refuse marketing, 1 to agree."),
    )
