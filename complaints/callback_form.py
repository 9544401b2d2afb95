"""The form of a callback: what came of the try, and the questions where the customer was reached."""

from uuid import uuid4

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from complaints.judgement import QUESTIONS
from work.forms import ActionForm, MomentField
from work.models.states import Outcome, Result

SOLVED = [("1", _("Solved")), ("0", _("Not solved"))]


class Mark(forms.IntegerField):
    """A mark that is typed in digits."""

    def __init__(self, label, least=1, **options):
        self.least = least
        checks = [MinValueValidator(least), MaxValueValidator(10)]
        super().__init__(label=label, required=False, validators=checks, **options)

    def widget_attrs(self, widget):
        return {"inputmode": "numeric", "min": self.least, "max": 10, "step": 1, "autocomplete": "off"}


class Questions(ActionForm):
    """What is asked of the customer, on the telephone and by message."""

    solved = forms.TypedChoiceField(
        label=_("Is the matter solved?"), choices=SOLVED, coerce=lambda value: value == "1", empty_value=None,
        widget=forms.RadioSelect, required=False,
    )  # fmt: skip
    attitude = Mark(_("Attitude, 1–10"))
    speed = Mark(_("Speed, 1–10"))
    result = Mark(_("Result, 1–10"))
    expectation = Mark(_("What was expected, 1–10"))
    experience = Mark(_("What was experienced, 1–10"))
    recommends = Mark(_("Would recommend us, 0–10"), least=0)

    def answers(self) -> dict:
        return {name: self.cleaned_data.get(name) for name in QUESTIONS}


class CallbackForm(Questions):
    key = forms.UUIDField(widget=forms.HiddenInput)
    outcome = forms.ChoiceField(
        label=_("How it went"), choices=Outcome.choices, initial=Outcome.ANSWERED,
        widget=forms.RadioSelect(attrs={"autofocus": True}),
    )  # fmt: skip
    call_at = MomentField(label=_("Call again at"), required=False)
    note = forms.CharField(
        label=_("In their words"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    field_order = ["key", "outcome", *QUESTIONS, "note", "call_at"]

    def __init__(self, *args, parts=(), **kwargs):
        super().__init__(*args, auto_id="callback_%s", initial={"key": uuid4(), "outcome": "answered"}, **kwargs)
        self.parts = {f"part_{part.pk}": part for part in parts}
        for name, part in self.parts.items():
            choices = [("", "–"), *Result.choices]
            self.fields[name] = forms.ChoiceField(label=part.what, choices=choices, required=False)

    def told(self) -> dict:
        """As `questioning.call` takes it."""
        said = self.cleaned_data
        reached = said["outcome"] == Outcome.ANSWERED
        return {
            "outcome": said["outcome"],
            "key": str(said["key"]),
            "said": self.answers() if reached else None,
            "note": said["note"],
            "call_at": said["call_at"],
            "parts": {part.pk: said[name] for name, part in self.parts.items()},
        }


class SurveyForm(Questions):
    comment = forms.CharField(
        label=_("What should we know?"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, auto_id="survey_%s", **kwargs)
        for name in ("solved", "result"):
            self.fields[name].required = True
