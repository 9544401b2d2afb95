"""What a plan changes against the version in use, step by step."""

from dataclasses import dataclass
from difflib import SequenceMatcher

from django.utils.translation import gettext as _

from billing.dunning.soundness import STEP, WHOM, Plan
from billing.models import ScenarioStep, ScenarioVersion

SAME = ("action", "stage", "template")  # by these a step is known again


@dataclass(frozen=True)
class Change:
    """`step`: its number in the plan, in the version in use where it is gone, None for what is not a step."""

    step: int | None
    words: str


def changes(used: Plan, plan: Plan) -> list[Change]:
    """In the order of the steps; none when both are the same."""
    return [*_of_whom(used, plan), *_of_steps(used.rungs, plan.rungs)]


def _of_whom(used, plan):
    for name in WHOM:
        before, after = getattr(used, name), getattr(plan, name)
        if before != after:
            label = ScenarioVersion._meta.get_field(name).verbose_name
            yield Change(None, _differs(label, _joined(before), _joined(after)))


def _of_steps(before, after):
    known = [tuple(getattr(rung, name) for name in SAME) for rung in before]
    wanted = [tuple(getattr(rung, name) for name in SAME) for rung in after]
    for tag, a, b, c, d in SequenceMatcher(None, known, wanted, autojunk=False).get_opcodes():
        if tag == "equal":
            for old, new in zip(before[a:b], after[c:d], strict=True):
                yield from _of_step(old, new)
            continue
        for old in before[a:b]:
            yield Change(old.n, _("Step %(n)s of today is taken out") % {"n": old.n})
        for new in after[c:d]:
            yield Change(new.n, _("Step %(n)s is new") % {"n": new.n})


def _of_step(old, new):
    for name in STEP:
        before, after = getattr(old, name), getattr(new, name)
        if before != after:
            field = ScenarioStep._meta.get_field(name)
            shown = dict(field.flatchoices)
            said = _differs(field.verbose_name, str(shown.get(before, before)), str(shown.get(after, after)))
            yield Change(new.n, _("Step %(n)s: %(change)s") % {"n": new.n, "change": said})


def _differs(label, before, after):
    return _("%(field)s: %(before)s → %(after)s") % {
        "field": label,
        "before": before or "–",
        "after": after or "–",
    }


def _joined(value):
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return ", ".join(value) if isinstance(value, tuple) else "" if value is None else str(value)
