"""The next version of a scenario: checked, kept, and in use for new cases; open cases keep their own."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from audit.trail import record
from billing.dunning.soundness import STEP, Plan, problems
from billing.models import Scenario, ScenarioStep, ScenarioVersion


@transaction.atomic
def publish(scenario: Scenario, plan: Plan, *, by, seen: int) -> ScenarioVersion:
    """Put `plan` to use; what is in use already stays. `seen` is the number of the version the person changed.

    ValidationError where somebody else published in between, or with everything that is not sound.
    """
    scenario = Scenario.objects.select_for_update(of=("self",)).get(pk=scenario.pk)
    current = scenario.versions.filter(current=True).first()
    if (current.n if current else 0) != seen:
        raise ValidationError(_("Somebody else published a version in the meantime."), code="outdated")
    if current and Plan.of(current) == plan:
        return current
    if wrong := list(problems(plan, scenario)):
        raise ValidationError([said(problem) for problem in wrong])
    scenario.versions.filter(current=True).update(current=False)
    made = _kept(scenario, plan, by, seen + 1)
    record(scenario, "scenario.published", by=by, version=made.n, steps=len(plan.rungs), **plan.whom)
    return made


def said(problem) -> str:
    """In words that stand alone."""
    if problem.step is None:
        return problem.words
    return _("Step %(n)s: %(problem)s") % {"n": problem.step, "problem": problem.words}


def _kept(scenario, plan, by, n):
    version = ScenarioVersion.objects.create(scenario=scenario, n=n, made_by=by, current=True, **plan.whom)
    ScenarioStep.objects.bulk_create(
        ScenarioStep(version=version, n=at, **{name: getattr(rung, name) for name in STEP})
        for at, rung in enumerate(plan.rungs, 1)
    )
    return version
