"""Stopping what is sent, all of it or a part."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from outreach import halts
from outreach.kinds import Channel, MessageClass
from outreach.models import Template

EVERY = [("", _("All"))]


class HaltForm(forms.Form):
    """Nothing chosen stops everything."""

    channel = forms.ChoiceField(label=_("Channel"), choices=EVERY + Channel.choices, required=False)
    message_class = forms.ChoiceField(
        label=pgettext_lazy("message", "Class"), choices=EVERY + MessageClass.choices, required=False
    )
    template = forms.ModelChoiceField(
        Template.objects.none(), label=_("Template"), required=False, empty_label=_("All")
    )
    why = forms.CharField(label=_("Why"), max_length=300)

    def __init__(self, *args, branch, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.branch = branch
        self.fields["template"].queryset = Template.objects.visible_to(user).filter(branch=branch).order_by("code")

    def halt(self, *, by):
        """ValidationError where the same is stopped already."""
        halts.halt(self.branch, by=by, **self.cleaned_data)
