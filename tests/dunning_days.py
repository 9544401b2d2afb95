"""Days of dunning as they pass in the product: planned at night, carried out, taken by the gateway, and confirmed."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from billing.dunning import planning, recording
from billing.dunning.carrying_out import carry_out
from billing.models import CaseStep, ServiceRequest
from billing.service_requests import answering
from outreach.models import Message
from tests import dunning


def at(branch, day, hour=12):
    return datetime.combine(day, time(hour), ZoneInfo(branch.time_zone))


def pass_day(branch, day):
    """One day; the gateway takes every message, and the billing system confirms every request at once."""
    at_night, by_day = at(branch, day, 5), at(branch, day)
    planning.plan_some(0, at_night)
    CaseStep.objects.filter(state="planned", planned_for=day, waits_for="").update(look_at=at_night)
    while carry_out(by_day):
        pass
    for message in Message.objects.filter(state="planned"):
        dunning.taken(message, accepted_at=by_day)
    recording.record_taken(by_day)
    for request in ServiceRequest.objects.unanswered():
        answering.accept(request, by=None, at=by_day)
        answering.confirm(request, by=None, at=by_day)


def steps_done(branch):
    """{(account, day, step)} of all that was carried out."""
    zone = ZoneInfo(branch.time_zone)
    rows = CaseStep.objects.filter(state="done").values_list("case__account", "done_at", "step__n")
    return {(account, done_at.astimezone(zone).date(), n) for account, done_at, n in rows}


def days(first, last):
    while first <= last:
        yield first
        first += timedelta(days=1)
