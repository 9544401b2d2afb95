"""What a customer agrees to, and when they want to be left in peace."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from outreach import consents
from outreach.kinds import Purpose
from outreach.models import Consent, ContactPreference

MOMENT = forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
FIELDS = ("do_not_disturb_until", "hours_from", "hours_to", "email")


class ConsentForm(forms.Form):
    title = _("What the customer says")
    purpose = forms.ChoiceField(label=_("Purpose"), choices=Purpose.choices)
    word = forms.ChoiceField(label=pgettext_lazy("consent", "Answer"), choices=Consent.Word.choices)
    how = forms.ChoiceField(label=_("How it was said"), choices=Consent.How.choices)
    proof = forms.CharField(
        label=_("Proof"), max_length=300, required=False,
        help_text=_("What was signed, said or written. A consent needs it."),
    )  # fmt: skip

    def __init__(self, *args, customer, **kwargs):
        super().__init__(*args, **kwargs)
        self.customer = customer

    def save(self, *, by):
        """ValidationError by field, as in `consents.say`."""
        consents.say(self.customer, by=by, **self.cleaned_data)


class PreferenceForm(forms.ModelForm):
    """Whoever saves says which version they saw."""

    title = _("When to reach the customer")
    version = forms.IntegerField(widget=forms.HiddenInput)

    class Meta:
        model = ContactPreference
        fields = FIELDS
        widgets = {
            "do_not_disturb_until": MOMENT,
            "hours_from": forms.TimeInput({"type": "time"}, format="%H:%M"),
            "hours_to": forms.TimeInput({"type": "time"}, format="%H:%M"),
        }

    def __init__(self, *args, customer, **kwargs):
        kept = ContactPreference.objects.filter(customer=customer).first() or ContactPreference(customer=customer)
        super().__init__(*args, instance=kept, initial={"version": kept.version}, **kwargs)
        self.customer = customer

    def save(self, *, by):
        """ValidationError by field, or where somebody saved in between."""
        told = {name: self.cleaned_data[name] for name in FIELDS}
        consents.prefer(self.customer, by=by, version=self.cleaned_data["version"], **told)

    def _post_clean(self):
        """`prefer` checks the whole; here nothing is put on the row."""
