"""Writing the next version of a scenario: whom it is for, and its steps in order, which can be moved about."""

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from billing.dunning.publishing import publish
from billing.dunning.soundness import STAGE_OF, STEP, WHOM, Plan, Rung, problems
from billing.filters import SumInput
from billing.models import Product, ScenarioStep, Stage
from customers.models import Customer

MOST_STEPS = 20
LISTS = ("kinds", "tiers", "products")
LOCKED = [("", _("All")), ("true", _("Locked high-value customers only")), ("false", _("None of them"))]
STAGES = [(value, words) for value, words in Stage.choices if value != Stage.CLOSED]


class WhomForm(forms.Form):
    """Whom the version is for; what is left empty fits everybody."""

    kinds = forms.MultipleChoiceField(
        label=_("Customers"), choices=Customer.Kind.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    tiers = forms.MultipleChoiceField(label=_("Tiers"), required=False, widget=forms.CheckboxSelectMultiple)
    products = forms.MultipleChoiceField(
        label=_("Products"), choices=Product.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    locked = forms.TypedChoiceField(
        label=_("Locked high-value"),
        choices=LOCKED,
        required=False,
        coerce=lambda said: said == "true",
        empty_value=None,
    )
    from_days = forms.IntegerField(label=_("Days overdue from"), min_value=1, max_value=365)
    from_amount = forms.DecimalField(
        label=_("Overdue sum from"), min_value=0, max_digits=10, decimal_places=2, widget=SumInput
    )
    seen = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args, tiers, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["tiers"].choices = tiers


class StepForm(forms.Form):
    """One step. Where a suspension or a cancellation leads needs no saying."""

    action = forms.ChoiceField(label=_("What happens"), choices=ScenarioStep.Action.choices)
    stage = forms.ChoiceField(label=_("Leads to"), choices=STAGES)
    days = forms.IntegerField(label=_("Days"), min_value=0, max_value=730)
    counts_from = forms.ChoiceField(label=_("Counted from"), choices=ScenarioStep.From.choices)
    gap = forms.IntegerField(label=_("Days after the step before, at least"), min_value=0, max_value=730)
    template = forms.ChoiceField(label=_("Template"), required=False)
    doer = forms.ChoiceField(label=_("Task for"), choices=[("", "–"), *ScenarioStep.Doer.choices], required=False)
    when = forms.ChoiceField(label=_("Condition"), choices=ScenarioStep.When.choices)

    def __init__(self, *args, templates, n, **kwargs):
        super().__init__(*args, **kwargs)
        self.n = n
        self.fields["template"].choices = [("", "–"), *templates]

    def clean(self):
        said = super().clean()
        action = said.get("action")
        said["stage"] = STAGE_OF.get(action, said.get("stage"))
        if action != ScenarioStep.Action.MESSAGE:
            said["template"] = ""
        if action != ScenarioStep.Action.TASK:
            said["doer"] = ""
        return said

    def rung(self):
        return Rung(n=self.n, **self.cleaned_data)


class Draft:
    """The forms of a version in the making, as `data` says them: shown as they were typed, or `checked`."""

    def __init__(self, scenario, data, *, tiers, templates, checked=True):
        self.scenario = scenario
        self.whom = WhomForm(data, tiers=tiers) if checked else WhomForm(initial=_whom(data), tiers=tiers)
        self.steps = []
        for n in range(1, _count(data) + 1):
            said = {"data": data} if checked else {"initial": _step(data, n)}
            self.steps.append(StepForm(**said, prefix=f"s{n}", templates=templates, n=n))

    @property
    def is_full(self):
        return len(self.steps) >= MOST_STEPS

    def is_valid(self) -> bool:
        """Sound, too: what is not stands beside its field."""
        if not all([self.whom.is_valid(), *(step.is_valid() for step in self.steps)]):
            return False
        for problem in problems(self.plan(), self.scenario):
            form = self.steps[problem.step - 1] if problem.step else self.whom
            form.add_error(problem.field, problem.words)
        return not self.has_errors

    @property
    def has_errors(self):
        return any(form.is_bound and form.errors for form in [self.whom, *self.steps])

    def plan(self) -> Plan:
        told = {name: self.whom.cleaned_data[name] for name in WHOM}
        told = {name: tuple(value) if isinstance(value, list) else value for name, value in told.items()}
        return Plan(tuple(step.rung() for step in self.steps), **told)

    def publish(self, *, by):
        """The version, or None with the reasons on the form."""
        try:
            return publish(self.scenario, self.plan(), by=by, seen=self.whom.cleaned_data["seen"])
        except ValidationError as error:
            self.whom.add_error(None, error)
            return None


def _whom(data):
    return {name: data.getlist(name) if name in LISTS else data.get(name, "") for name in [*WHOM, "seen"]}


def _step(data, n):
    return {name: data.get(f"s{n}-{name}", "") for name in STEP}


def _count(data):
    said = data.get("count", "")
    return min(int(said), MOST_STEPS) if said.isdecimal() and len(said) < 3 else 0


def written(plan: Plan, seen: int) -> QueryDict:
    """A plan as the form would send it."""
    data = QueryDict(mutable=True)
    for name, value in plan.whom.items():
        if isinstance(value, list):
            data.setlist(name, value)
        else:
            data[name] = {None: "", True: "true", False: "false"}.get(value, value) if name == "locked" else str(value)
    data["seen"] = str(seen)
    _write_steps(data, [{name: str(getattr(rung, name)) for name in STEP} for rung in plan.rungs])
    return data


NEW_STEP = {"action": "message", "stage": "notice_1", "days": "", "counts_from": "due", "gap": "1", "when": "always"}


def moved(data: QueryDict, asked: str) -> tuple[QueryDict, int] | None:
    """The same with a step added, taken out, or moved up or down, and the step to look at then.

    `asked` is add, or remove-, up- or down- and the number of a step; None where it is nothing of that.
    """
    steps = [_step(data, n) for n in range(1, _count(data) + 1)]
    what, _dash, at = asked.partition("-")
    n = int(at) if at.isdecimal() and len(at) < 3 else 0
    if what == "add" and len(steps) < MOST_STEPS:
        steps, n = [*steps, dict(NEW_STEP)], len(steps) + 1
    elif what == "remove" and 1 <= n <= len(steps):
        del steps[n - 1]
        n = max(min(n, len(steps)), 1)
    elif what in {"up", "down"} and 1 <= n <= len(steps):
        to = min(max(n + (1 if what == "down" else -1), 1), len(steps))
        steps.insert(to - 1, steps.pop(n - 1))
        n = to
    else:
        return None
    rewritten = data.copy()
    _write_steps(rewritten, steps)
    return rewritten, n


def _write_steps(data, steps):
    for key in [key for key in data if key[:1] == "s" and "-" in key]:
        del data[key]
    data["count"] = str(len(steps))
    for n, step in enumerate(steps, 1):
        for name, value in step.items():
            data[f"s{n}-{name}"] = value
