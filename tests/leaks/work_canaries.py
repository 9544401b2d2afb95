"""Follow-ups and notices."""

from tests import make
from tests.leaks.canaries import registry
from work.models import EscalationStep, FollowUpRules, Notice

FACTORIES, of = registry()


@of("work.FollowUp")
def followup(w):
    made = make.follow_up(w.customer, w.owner, unit=w.north, what=w.hide("what"), number=w.hide_number("call"))
    made.attempts.create(n=1, by=w.owner, outcome="no_answer", note=w.hide("try"))
    made.notes.create(by=w.owner, text=w.hide("note"))
    return made


@of("work.FollowUpRules")
def followuprules(w):
    return FollowUpRules.objects.create(branch=w.branch)


@of("work.EscalationStep")
def escalationstep(w):
    return EscalationStep.objects.create(branch=w.branch, n=1, after=30, roles=["duty_manager"])


@of("work.Notice")
def notice(w):
    data = {"person": w.hide("person"), "first": "2026-01-01", "last": w.hide("day")}
    return Notice.objects.create(user=w.owner, kind="absence.stands_in", key=w.hide("key"), data=data)
