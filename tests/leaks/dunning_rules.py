"""Rules of the pages of dunning; see `tests.leaks.rules`."""

from billing.dunning.forms import written
from billing.dunning.ladder import Rung
from billing.dunning.soundness import Plan
from tests.leaks.rule import OK, Rule

VIEW, CHANGE, DUN = "billing.view_dunning", "billing.scenarios", "billing.dun"


def sees_dunning(knocker):
    return knocker.reaches(VIEW) and knocker.reaches("billing.view")


def nobody(knocker):
    """A run is its asker's; that of the world is of another job besides."""
    return False


def sees_scenarios(knocker):
    return knocker.in_branch(VIEW) or knocker.in_branch(CHANGE)


def filter_form(world):
    return {"unit": world.north, "tier": world.tier}


def day_form(world):
    return {"day": str(world.branch.today())}


def version_form(world):
    task = Rung(1, "task", 1, "overdue", doer="manager")
    return written(Plan((task,)), 0).dict() | {"do": "look"}


def new_form(world):
    return {"name": "新", "name_en": "", "code": "fresh", "place": "1"}


def settings_form(world):
    return {"name": "新", "name_en": "", "place": "1", "active": "on"}


def compare_form(world):
    return {"one": "0", "other": "0", "months": "3", "key": "00000000-0000-4000-8000-000000000009"}


def recovered_form(world):
    version = world.dunningcase.version
    return {"version": str(version.pk), "step": str(version.steps.get(n=1).pk)}


def run_form(world):
    return {"key": "00000000-0000-4000-8000-000000000008"}


RULES = {
    "dunning": Rule(VIEW, query=filter_form, about=True),
    "dunning-figures": Rule(VIEW),
    "dunning-proof": Rule(VIEW),
    "dunning-case": Rule(VIEW, row="dunningcase", sees=sees_dunning),
    "dunning-dry-run": Rule(VIEW, query=day_form),
    "dunning-foresee": Rule(VIEW, methods="POST", body=day_form),
    "dunning-people": Rule(VIEW, query=day_form),
    "dunning-run": Rule(DUN, methods="POST", body=run_form),
    "dunning-ran": Rule(DUN, row="run", sees=nobody),
    "dunning-recovery": Rule(VIEW),
    "dunning-recovered": Rule(VIEW, query=recovered_form),
    "dunning-compare": Rule(CHANGE, methods="GET POST", body=compare_form, ok={"POST": {422}}),
    "dunning-compared": Rule(CHANGE, row="run", sees=nobody),
    "scenarios": Rule(VIEW, shows=lambda w: w.scenario.name),
    "scenario": Rule(VIEW, row="scenario", sees=sees_scenarios),
    "scenario-new": Rule(CHANGE, methods="GET POST", body=new_form),
    "scenario-settings": Rule(
        CHANGE, row="scenario", methods="GET POST", body=settings_form, sees=sees_scenarios,
        may=lambda knocker: knocker.in_branch(CHANGE),
    ),
    "scenario-edit": Rule(
        CHANGE, row="scenario", methods="GET POST", body=version_form, ok={"POST": {OK}}, sees=sees_scenarios,
        may=lambda knocker: knocker.in_branch(CHANGE),
    ),
}  # fmt: skip
