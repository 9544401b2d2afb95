"""The forms of incidents."""

from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from complaints.forms.causes import CauseField
from complaints.models import Category, Complaint
from complaints.models.states import Liability
from customers.models.lines import LineKind
from staff.models import Unit
from work.forms import ActionForm, MomentField

AREAS = (Unit.Kind.BRANCH, Unit.Kind.DEPARTMENT, Unit.Kind.COMMUNITY)
INDENT = "\u2003"


def box(label, rows=2, **options):
    return forms.CharField(**{"label": label, "widget": forms.Textarea({"rows": rows}), "max_length": 300} | options)


def areas(user):
    """Where the person may say that an incident is."""
    return Unit.objects.visible_to(user).open_now().filter(kind__in=AREAS)


class Area(forms.ModelChoiceField):
    def label_from_instance(self, unit):
        return f"{INDENT * (unit.path.count('/') - 1)}{unit}"


class TellForm(ActionForm):
    say = box(_("What customers are told"), help_text=_("Stands beside every acceptance form from now on."))
    say_en = box(_("in English"), required=False)
    expected_at = MomentField(label=_("Expected to end"), required=False)


class IncidentForm(TellForm):
    key = forms.UUIDField(widget=forms.HiddenInput)
    title = forms.CharField(label=pgettext_lazy("incident", "What happened"), max_length=120)
    title_en = forms.CharField(label=_("in English"), max_length=120, required=False)
    area = Area(Unit.objects.none(), label=_("Where"), help_text=_("With everything below it."))
    product = forms.ChoiceField(label=_("Product"), choices=[("", _("All")), *LineKind.choices], required=False)
    category = forms.ModelChoiceField(Category.objects.none(), label=_("Class"))
    began_at = MomentField(label=_("Since"), required=False, help_text=_("Empty: now."))
    planned = forms.BooleanField(label=_("Planned work"), required=False)
    field_order = (
        "key", "title", "title_en", "area", "product", "category", "began_at", "planned", "say", "say_en",
        "expected_at",
    )  # fmt: skip

    def __init__(self, *args, user, start=None, **kwargs):
        super().__init__(*args, initial={"key": uuid4()} | (start or {}), **kwargs)
        self.fields["area"].queryset = areas(user).order_by("path")
        classes = Category.objects.visible_to(user).filter(active=True)
        self.fields["category"].queryset = classes.order_by("code")


class EndForm(ActionForm):
    cause = CauseField()
    liability = forms.ChoiceField(label=_("Whose doing"), choices=[("", "–"), *Liability.choices])
    measure = box(_("What was done"), max_length=500)
    answer = box(_("What the customers are answered"), rows=3, help_text=_("Goes to all of them by message."))
    answer_en = box(_("in English"), rows=3, required=False)

    def __init__(self, *args, incident, **kwargs):
        super().__init__(*args, auto_id="end_%s", **kwargs)
        self.fields["cause"].of(incident.branch_id)


class LinkForm(ActionForm):
    """By the number that is typed, or ticked in a list; `seen` are the complaints that the person may name."""

    number = forms.CharField(label=_("Complaint number"), max_length=20, required=False)
    complaint = forms.ModelMultipleChoiceField(Complaint.objects.none(), required=False)

    def __init__(self, *args, seen, **kwargs):
        super().__init__(*args, **kwargs)
        self.seen, self.fields["complaint"].queryset = seen, seen

    def clean_number(self):
        number = self.cleaned_data["number"].strip()
        self.numbered = list(self.seen.filter(number=number)) if number else []
        if number and not self.numbered:
            raise forms.ValidationError(_("There is no complaint of this number."))
        return number

    def clean(self):
        said = super().clean()
        if not self.errors and not self.chosen:
            self.add_error("number", _("Type a number, or tick complaints below."))
        return said

    @property
    def chosen(self):
        return [*self.numbered, *self.cleaned_data["complaint"]]
