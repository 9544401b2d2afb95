"""Steps in words."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from billing.models import ScenarioStep, Stage

ACTIONS = dict(ScenarioStep.Action.choices)
STAGES = dict(Stage.choices)
DOERS = dict(ScenarioStep.Doer.choices)
From = ScenarioStep.From


def what(rung, templates) -> str:
    """What a step does, with the name of its template ({code: name}) or who gets the task."""
    if rung.action == ScenarioStep.Action.MESSAGE:
        return _("Message “%(template)s”") % {"template": templates.get(rung.template, rung.template)}
    if rung.action == ScenarioStep.Action.TASK:
        return _("Task for: %(who)s") % {"who": DOERS.get(rung.doer, rung.doer)}
    return str(ACTIONS.get(rung.action, rung.action))


def when(rung) -> str:
    """When a step comes."""
    days = {"days": rung.days}
    if rung.counts_from == From.SUSPENDED:
        words = ngettext(
            "%(days)s day after the first suspension", "%(days)s days after the first suspension", rung.days
        )
    elif rung.counts_from == From.BEFORE:
        words = ngettext("%(days)s day after the step before", "%(days)s days after the step before", rung.days)
    else:
        words = ngettext("%(days)s day overdue", "%(days)s days overdue", rung.days)
    return words % days


def besides(rung, first=False) -> list[str]:
    """What else keeps a step back."""
    said = []
    if rung.gap > 1 and not first:
        words = _("at least %(days)s days after the step before")
        said.append(words % {"days": rung.gap})
    if rung.when == ScenarioStep.When.CREDIT_USED_UP:
        said.append(_("only once the credit is used up"))
    return said
