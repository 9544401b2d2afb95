"""The ladder of a plan, ready to be drawn."""

from dataclasses import dataclass

from billing.dunning import words
from billing.dunning.offered import templates_of
from billing.dunning.soundness import Plan, days_of
from billing.models import ScenarioStep

Action = ScenarioStep.Action
TONES = {Action.MESSAGE: "info", Action.TASK: "plain", Action.CANCEL: "bad"}


@dataclass(frozen=True)
class Line:
    n: int
    what: str
    when: str
    besides: list[str]
    stage: str
    tone: str
    day: int | None  # overdue, of whoever never pays


def timeline(plan: Plan, branch_id: int) -> list[Line]:
    templates, days = templates_of(branch_id), days_of(plan.rungs, plan.from_days)
    return [
        Line(
            n=rung.n,
            what=words.what(rung, templates),
            when=words.when(rung),
            besides=words.besides(rung, first=rung.n == 1),
            stage=str(words.STAGES[rung.stage]),
            tone=TONES.get(rung.action, "warn"),
            day=days.get(rung.n),
        )
        for rung in plan.rungs
    ]
