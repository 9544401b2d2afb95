"""A new scenario, what one is called, when it is asked, and whether it is in use; its steps are `publishing`."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from audit.trail import record
from billing.dunning.publishing import said
from billing.dunning.soundness import Plan, problems
from billing.models import Scenario
from staff.models import Unit

KEPT = ("name", "name_en", "order", "active")


@transaction.atomic
def create(branch: Unit, *, by, code: str, name: str, name_en: str = "", place: int) -> Scenario:
    """A scenario without a version: it duns nobody until one is published. The same twice is one.

    ValidationError where another one has the code already.
    """
    _locked(branch)
    if known := Scenario.objects.filter(branch=branch, code=code).first():
        if (known.name, known.name_en) == (name, name_en):
            return known
        raise ValidationError({"code": _("Another scenario has this code.")})
    made = Scenario(branch=branch, code=code, name=name, name_en=name_en, order=0)
    made.save()
    _place(made, place)
    record(made, "scenario.created", by=by, code=code, name=name, order=made.order)
    return made


@transaction.atomic
def arrange(scenario: Scenario, *, by, name: str, name_en: str = "", place: int, active: bool) -> Scenario:
    """Put it at the `place` (1 is asked first), call it so, let it be in use or not; twice changes nothing more.

    ValidationError where a scenario in use would not be sound any more: whom one meets depends on those asked before.
    """
    _locked(scenario.branch)
    scenario.refresh_from_db()
    before = {field: getattr(scenario, field) for field in KEPT}
    known = _unsound(scenario.branch_id)
    scenario.name, scenario.name_en, scenario.active = name, name_en, active
    scenario.save(update_fields=["name", "name_en", "active"])
    _place(scenario, place)
    if wrong := [words for words in _unsound(scenario.branch_id) if words not in known]:
        raise ValidationError(wrong, code="unsound")
    changed = {
        field: [was, getattr(scenario, field)] for field, was in before.items() if was != getattr(scenario, field)
    }
    if changed:
        record(scenario, "scenario.arranged", by=by, changed=changed)
    return scenario


def _locked(branch):
    list(Scenario.objects.filter(branch=branch).order_by("pk").select_for_update(of=("self",), no_key=True))


def _place(scenario, place):
    """Number all of the branch from 1 on, this one at its place."""
    others = list(Scenario.objects.filter(branch=scenario.branch_id).exclude(pk=scenario.pk).order_by("order", "pk"))
    others.insert(min(max(place, 1), len(others) + 1) - 1, scenario)
    for order, one in enumerate(others, 1):
        one.order = order
    Scenario.objects.bulk_update(others, ["order"])


def _unsound(branch_id):
    """What is not sound of those in use, in words."""
    wrong = []
    for one in Scenario.objects.filter(branch=branch_id, active=True, versions__current=True):
        found = problems(Plan.of(one.versions.get(current=True)), one)
        wrong += [
            _("%(scenario)s: %(problem)s") % {"scenario": one.code, "problem": said(problem)} for problem in found
        ]
    return wrong
