"""What a confirmed request makes of its line."""

from datetime import datetime

from billing.dunning.days import day_in
from billing.models import ServiceRequest
from billing.service_requests import freezing
from customers.line_status import put
from customers.models import Line, Plan

Action, Status = ServiceRequest.Action, Line.Status
BECOMES = {
    Action.SUSPEND_ONE_WAY: Status.SUSPENDED_ONE_WAY,
    Action.SUSPEND_TWO_WAY: Status.SUSPENDED_TWO_WAY,
    Action.RESTORE: Status.ACTIVE,
    Action.RECLAIM: Status.ACTIVE,
    Action.HOLD: Status.VOLUNTARY_HOLD,
    Action.CANCEL: Status.OFF_NET,
}
STANDING = tuple(BECOMES)  # what leaves a line in one state or another


def take_effect(request: ServiceRequest, at: datetime, *, by):
    """The line (locked, on the request) becomes what was confirmed; its number is kept, or given back."""
    day = day_in(request.branch, at)
    if request.action == Action.CHANGE_PLAN:
        plan = Plan.objects.get(branch=request.branch_id, code=request.details["plan"])
        request.line.change_plan(plan, on=day, by=by, today=day)
        return
    put(request.line, BECOMES[request.action], on=day)
    if request.action == Action.CANCEL:
        freezing.freeze(request, at)
    else:
        freezing.give_back(request.line, at)
