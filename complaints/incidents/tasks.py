"""The job that answers what stands under an incident that is over."""

from django.utils.translation import gettext_lazy as _

from complaints.incidents import answering, passing_on
from complaints.incidents.running import ANSWER, reached
from complaints.models import Incident
from jobs import clock
from jobs.registry import job


@job(
    ANSWER,
    title=_("Answer the complaints of an incident"),
    about=_("When an incident is over, every complaint under it is answered and is to be called back."),
    counts={"answered": _("Answered"), "left": _("Left to their owners")},
)
def answer_children(run):
    incident = Incident.objects.select_related("cause", "ended_by").get(pk=run.params["incident"])
    after = reached(run)
    if not run.total:
        run.total = answering.waiting(incident).filter(pk__gt=after).count()
    ids, answered, left = answering.answer_batch(incident, after, clock.now())
    run.count(len(ids), answered=answered, left=left)
    run.cursor["after"] = max(ids, default=0)
    return len(ids) == answering.BATCH


@job(
    passing_on.TELLS,
    title=_("Pass on what is new of an incident"),
    about=_("Who complained of an incident hears by message when customers are told something new of it."),
    counts={"told": _("Told")},
)
def pass_on(run):
    incident = Incident.objects.get(pk=run.params["incident"])
    after = reached(run)
    if not run.total:
        run.total = answering.waiting(incident).filter(pk__gt=after).count()
    ids, told = passing_on.pass_on(passing_on.update_of(incident, run.params["n"]), after)
    run.count(len(ids), told=told)
    run.cursor["after"] = max(ids, default=after)
    return len(ids) == passing_on.BATCH
