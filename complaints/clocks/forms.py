"""The next version of a policy in the making: times, conditions, and the steps of its ladder."""

from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from complaints.clocks.fields import ASKABLE
from complaints.clocks.publishing import Plan
from complaints.clocks.shipped import LEADERS, Step
from complaints.models import Policy, PolicyStep
from staff.condition_forms import ConditionsForm
from staff.models import WorkCalendar
from staff.rights import Role

MOST_STEPS, HOUR = 12, 60
CLOCKS = [(value, words) for value, words in PolicyStep.Clock.choices if value != PolicyStep.Clock.LEGAL]
ROLES = [(role.value, role.label) for role in (*LEADERS, Role.COMPLAINT_DESK, Role.QUALITY)]
STEP = ("clock", "at_percent", "owner", "roles", "rings", "raises")


class TimesForm(forms.Form):
    contact = forms.DecimalField(
        label=_("Hours until the first contact"), min_value=Decimal("0.1"), max_value=1440, decimal_places=2
    )
    result = forms.DecimalField(
        label=_("Hours until the result"), min_value=Decimal("0.1"), max_value=1440, decimal_places=2
    )
    calendar = forms.ModelChoiceField(
        label=_("Working calendar"), queryset=WorkCalendar.objects.none(), required=False,
        empty_label=_("Every hour counts"),
    )  # fmt: skip
    warnings = forms.CharField(label=_("Warnings for the owner at %"), required=False, max_length=40)
    note = forms.CharField(label=_("What changes, and why"), required=False, max_length=300)
    seen = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args, branch, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["calendar"].queryset = WorkCalendar.objects.filter(branch=branch)

    def clean_warnings(self):
        said = self.cleaned_data["warnings"].replace(",", " ").replace("，", " ").replace("、", " ").split()
        if not all(one.isdecimal() and len(one) < 3 for one in said):
            raise ValidationError(_("Write different per cents from 1 to 99."))
        return tuple(sorted(int(one) for one in said))


class StepForm(forms.Form):
    clock = forms.ChoiceField(label=_("Clock"), choices=CLOCKS)
    at_percent = forms.IntegerField(label=_("At % of its time"), min_value=1, max_value=1000)
    owner = forms.BooleanField(label=_("The owner hears of it"), required=False)
    roles = forms.MultipleChoiceField(
        label=_("The nearest of these hears of it"), choices=ROLES, required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    rings = forms.BooleanField(label=_("Rings in working time, not in the next digest"), required=False)
    raises = forms.BooleanField(label=_("One level up"), required=False)

    def clean(self):
        said = super().clean()
        if not said.get("owner") and not said.get("roles"):
            raise ValidationError(_("Say who hears of this step."))
        return said

    def step(self, n):
        return Step(n, **self.cleaned_data | {"roles": tuple(self.cleaned_data["roles"])})


class Draft:
    """The forms of a version in the making: as a version has it, or as `data` says."""

    def __init__(self, policy: Policy, data=None, *, version=None):
        plan = Plan.of(version) if version else None
        branch = policy.branch
        initial = _times(plan) | {"seen": version.n if version else 0}
        self.policy = policy
        self.times = TimesForm(data, branch=branch, initial=initial)
        self.conditions = ConditionsForm(
            data, askable=ASKABLE, branch=branch, conditions=plan.conditions if plan else ()
        )
        self.steps = _steps(data, plan)

    def as_typed(self):
        """The same, shown as it was typed and not judged yet."""
        for form in self.forms:
            form.initial = {name: form[name].data for name in form.fields}
            form.is_bound, form.data = False, {}
        return self

    @property
    def forms(self):
        return [self.times, self.conditions, *self.steps]

    def is_valid(self) -> bool:
        return all([form.is_valid() for form in self.forms])

    def plan(self) -> Plan:
        said = self.times.cleaned_data
        minutes = {f"{name}_minutes": round(said[name] * HOUR) for name in ("contact", "result")}
        steps = tuple(form.step(n) for n, form in enumerate(self.steps, start=1))
        return Plan(
            tuple(self.conditions.asked), **minutes, warnings=said["warnings"], steps=steps, calendar=said["calendar"]
        )

    def refuse(self, error: ValidationError):
        """Put what an operation refused beside its field."""
        by_field = error.message_dict if hasattr(error, "error_dict") else {None: error.messages}
        for name, messages in by_field.items():
            for message in messages:
                self.times.add_error(name if name in self.times.fields else None, message)


def _times(plan):
    if plan is None:
        return {"warnings": "50 75 90"}
    hours = {name: Decimal(getattr(plan, f"{name}_minutes")) / HOUR for name in ("contact", "result")}
    hours = {name: value.quantize(Decimal("0.01")).normalize() for name, value in hours.items()}
    said = {name: f"{value:f}" for name, value in hours.items()}
    return said | {"calendar": plan.calendar, "warnings": " ".join(map(str, plan.warnings))}


def _steps(data, plan):
    if data is not None:
        return [StepForm(data, prefix=f"s{n}") for n in _numbers(data)]
    steps = plan.steps if plan else ()
    return [StepForm(initial={name: getattr(one, name) for name in STEP}, prefix=f"s{one.n}") for one in steps]


def _numbers(data):
    """Numbers of the steps that are on the page, without one that is taken out, with one that is added."""
    said = [int(one) for one in data.getlist("steps") if one.isdecimal() and len(one) < 4]
    asked, _dash, at = data.get("do", "").partition("-")
    if asked == "remove":
        return [n for n in said if str(n) != at]
    if asked == "add" and len(said) < MOST_STEPS:
        return [*said, max(said, default=0) + 1]
    return said[:MOST_STEPS]
