"""Where a case stands once the billing system has answered."""

from datetime import datetime

from billing.models import DunningCase, ServiceRequest


def line_answered(request: ServiceRequest, at: datetime):
    """The first stop of a case that is confirmed starts what counts from there. Twice is once; the caller holds the
    request's row.
    """
    if request.case_id and request.action in ServiceRequest.STOPS and request.state == ServiceRequest.State.CONFIRMED:
        DunningCase.objects.open().filter(pk=request.case_id, stopped_at=None).update(stopped_at=at)
