"""The form of a template: both texts with what may stand in them."""

from datetime import timedelta

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from outreach import texts
from outreach.models import Template
from outreach.models.templates import CHANGEABLE

HOUR = timedelta(hours=1)


class TemplateForm(forms.ModelForm):
    """Checked by the model; kept by its operations. Whoever changes one says which version they saw."""

    purpose = forms.ChoiceField(label=_("Purpose"), help_text=_("It decides which variables may stand in the texts."))
    valid_hours = forms.IntegerField(
        label=_("Valid for hours"), min_value=1, max_value=24 * 90, required=False,
        help_text=_("Later than this it is not sent any more. Empty: at any time."),
    )  # fmt: skip
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Template
        fields = [
            "name", "name_en", "code", "purpose", "message_class", "channel", "text_zh", "text_en", "subject_zh",
            "subject_en", "any_time", "policy", "active",
        ]  # fmt: skip
        widgets = {"text_zh": forms.Textarea({"rows": 4}), "text_en": forms.Textarea({"rows": 4})}
        help_texts = {
            "subject_zh": _("Of an email only."),
            "subject_en": _("Of an email only."),
            "any_time": _("The customer waits for it, or it is about safety: quiet hours do not hold it back."),
            "policy": _("At a gateway that can neither be asked nor told the same twice."),
        }

    def __init__(self, *args, branch, **kwargs):
        super().__init__(*args, **kwargs)
        template = self.instance
        self.fields["purpose"].choices = [(code, one.label) for code, one in texts.PURPOSES.items()]
        self.initial |= {"seen": template.version}
        if template.pk:
            del self.fields["code"]
            self.initial["valid_hours"] = template.valid_for and round(template.valid_for / HOUR)
        else:
            template.branch, self.initial["purpose"] = branch, "general"

    def clean_valid_hours(self):
        hours = self.cleaned_data["valid_hours"]
        self.instance.valid_for = hours and hours * HOUR
        return hours

    def save(self, *, by) -> Template:
        """ValidationError by field, or where somebody saved in between."""
        told = {name: self.cleaned_data[name] for name in CHANGEABLE if name != "valid_for"}
        told["valid_for"] = self.instance.valid_for
        if self.instance.pk is None:
            return Template.compose(by=by, branch=self.instance.branch, code=self.cleaned_data["code"], **told)
        self.instance.change(by=by, version=self.cleaned_data["seen"] or 0, **told)
        return self.instance


def samples_of(template) -> list[tuple]:
    """(language, subject, text with the samples of its purpose, size, problem) in both languages."""
    return [_sample(template, language) for language in ("zh-hans", "en")]


def _sample(template, language):
    try:
        texts.check(template.text_in(language), template.purpose)
        values = texts.samples(template.purpose, language)
        text = template.finished(language, values)
        subject = texts.fill(template.subject_in(language), values)
    except ValidationError as error:
        return language, "", "", None, error.messages[0]
    size = texts.size(text) if template.channel == "sms" else None
    return language, subject, text, size, ""
