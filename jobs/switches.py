"""What a person holds of a job: start it, pause it, let it go on."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from audit.trail import record
from jobs import clock, registry, runs
from jobs.models import Run, Switch


@transaction.atomic
def start(job_name, *, key, by) -> Run:
    """A run of the job, now; the same `key` of the same person twice is one run.

    ValidationError for a job that is not started by hand, or is paused.
    """
    if not registry.get(job_name).by_hand:
        raise ValidationError(_("This job is started by its schedule or by its own page, not by hand."))
    if _locked(job_name).paused:
        raise ValidationError(_("This job is paused. Resume it first."))
    key = f"hand/{job_name}/{by.pk}/{key}"
    return runs.ask(job_name, key=key, by=by, branch_id=getattr(by, "branch_id", None))


@transaction.atomic
def pause(job_name, *, by):
    """No more slots, and no step after the one in hand, until it is resumed. A second call does nothing."""
    if not registry.get(job_name).may_pause:
        raise ValidationError(_("This job cannot be paused: it shows that the machine works."))
    _set(job_name, paused=True, by=by, verb="job.paused")


@transaction.atomic
def resume(job_name, *, by):
    """Go on from now: the slots of the pause are not made up for. A second call does nothing."""
    _set(job_name, paused=False, by=by, verb="job.resumed")


def _set(job_name, *, paused, by, verb):
    switch = _locked(job_name)
    if switch.paused == paused:
        return
    now = clock.now()
    switch.paused, switch.changed_by, switch.changed_at = paused, by, now
    if not paused and registry.get(job_name).schedule:
        switch.slots_until = now
    switch.save()
    record(switch, verb, by=by, job=job_name)


def _locked(job_name):
    """The job's switch, made if need be, locked to the end of the transaction."""
    Switch.objects.bulk_create([Switch(job=job_name)], ignore_conflicts=True)
    return Switch.objects.select_for_update().get(job=job_name)
