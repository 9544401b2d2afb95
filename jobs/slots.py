"""Laying out the slots that have become due. Anybody may do it, at any time, as often as they like.

What makes each slot happen once is its unique key; the lock on the job's switch only spares work. A slot and its run
are made in one transaction, so there is never the one without the other.
"""

from django.db import connection, transaction

from jobs import clock, registry
from jobs.models import Run, Slot, Switch

BATCH = 500  # slots made in one transaction when all are made up for; the rest follows with the next tick
KEPT = 1000  # skipped slots written down at the most; older ones are passed over

INSERT = """
    INSERT INTO jobs_slot (job, slot_at) SELECT %s, unnest(%s::timestamptz[])
    ON CONFLICT (job, slot_at) DO NOTHING RETURNING id, slot_at
"""


def materialise(at=None) -> int:
    """Make the slots due up to `at` (default: the database's now) that nobody has made; how many were made."""
    at = at or clock.now()
    switches = {switch.job: switch for switch in Switch.objects.all()}
    return sum(_lay_out(job, at) for job in registry.jobs().values() if _is_due(job, switches.get(job.name), at))


def _is_due(job, switch, at):
    if switch is None:
        return True
    if job.schedule is None or switch.paused:
        return False
    until = switch.slots_until
    return until is None or job.schedule.next(until) <= at or _ran_ahead(job, until, at)


def _ran_ahead(job, until, at):
    """Whether the clock has been set back: slots lie in what is now the future."""
    return until > at + job.schedule.period


@transaction.atomic
def _lay_out(job, at):
    Switch.objects.bulk_create([Switch(job=job.name)], ignore_conflicts=True)
    switch = Switch.objects.select_for_update(skip_locked=True).filter(job=job.name, paused=False).first()
    if switch is None or job.schedule is None:
        return 0
    ahead = switch.slots_until is not None and _ran_ahead(job, switch.slots_until, at)
    if ahead:
        _forget_ahead(job, at)
    if ahead or switch.slots_until is None:
        switch.slots_until = job.schedule.begin(at)
    made = _make(job, _moments(job, switch, at), at)
    switch.save(update_fields=["slots_until"])
    return made


def _moments(job, switch, at):
    """The slots to make now; moves the switch's mark to the last of them."""
    after = switch.slots_until
    if job.catch_up == "all":
        moments = [slot for slot, _ in zip(job.schedule.between(after, at), range(BATCH), strict=False)]
    else:
        moments = list(job.schedule.between(max(after, at - KEPT * job.schedule.period), at))
    if moments:
        switch.slots_until = moments[-1]
    return moments


def _forget_ahead(job, at):
    """After a clock set back: forget the slots ahead that did nothing, and every one ahead of a mere heartbeat.

    A slot that stands for a piece of work (a date's, or one that is always made up for) and was run is never run
    again. A job that runs every so often must not fall silent until the clock has caught up.
    """
    ahead = Slot.objects.filter(job=job.name, slot_at__gt=at)
    if job.schedule.is_heartbeat and job.catch_up != "all":
        ahead.delete()
    else:
        ahead.filter(run=None).delete()


def _make(job, moments, at):
    if not moments:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(INSERT, [job.name, moments])
        fresh = dict(cursor.fetchall())
    slots = [Slot(pk=pk, job=job.name, slot_at=slot_at) for pk, slot_at in fresh.items()]
    _give_runs([slot for slot in slots if _is_worth_running(job, slot.slot_at, moments, at)])
    return len(slots)


def _is_worth_running(job, slot_at, moments, at):
    if job.catch_up == "all":
        return True
    if slot_at != moments[-1]:
        return False
    return job.catch_up == "latest" or at - slot_at <= job.schedule.grace


def _give_runs(slots):
    """A run for each slot; its key carries the slot's id, which is new even where a clock was set back."""
    runs = [
        Run(job=slot.job, key=f"{slot.job}@{slot.slot_at:%Y-%m-%dT%H:%M:%SZ}/{slot.pk}", params=_params(slot))
        for slot in slots
    ]
    for slot, run in zip(slots, Run.objects.bulk_create(runs), strict=True):
        slot.run = run
    Slot.objects.bulk_update(slots, ["run"])


def _params(slot):
    return {"slot_at": slot.slot_at.isoformat()}
