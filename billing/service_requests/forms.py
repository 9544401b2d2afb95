"""What is typed about requests to the billing system."""

from django import forms
from django.utils.translation import gettext_lazy as _

from work.forms import ActionForm


class RestoreForm(ActionForm):
    """Ask to restore a line by a person's decision; `key` makes a form one request, however often it is sent."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    reason = forms.CharField(label=_("Reason"), max_length=300, widget=forms.Textarea({"rows": 2}))
