"""Forms of appeals to the regulator."""

from django import forms
from django.utils.translation import gettext_lazy as _

from complaints.attaching import ACCEPTED
from work.forms import ActionForm, MomentField


class OpenForm(ActionForm):
    authority = forms.CharField(label=_("Authority"), max_length=100)
    reference = forms.CharField(label=_("Its reference"), max_length=60)
    received_at = MomentField(label=_("Received"))


class AnswerForm(ActionForm):
    text = forms.CharField(label=_("What was answered"), max_length=5000, widget=forms.Textarea)

    def refuse(self, error):
        messages = error.message_dict.get("answer") if hasattr(error, "error_dict") else error.messages
        self.add_error("text" if hasattr(error, "error_dict") else None, messages)


class SettleForm(ActionForm):
    proof = forms.FileField(
        label=_("Proof that the customer took the appeal back"), widget=forms.FileInput({"accept": ACCEPTED})
    )
