"""“Suspensions without reminder: 0”, counted from the rows and not believed (A25)."""

from datetime import timedelta

from django.db.models import Exists, OuterRef, QuerySet

from billing.models import Reminder, ServiceRequest

A_DAY = timedelta(hours=24)


def unreminded(among: QuerySet[ServiceRequest] | None = None) -> int:
    """How many stops for arrears were asked for without a reminder of their case, recorded a day before."""
    rows = ServiceRequest.objects.all() if among is None else among
    told = Reminder.objects.filter(
        pk=OuterRef("reminder"), account=OuterRef("account"), step__case=OuterRef("case"),
        at__lte=OuterRef("asked_at") - A_DAY,
    )  # fmt: skip
    stops = rows.filter(origin=ServiceRequest.Origin.ARREARS, action__in=ServiceRequest.STOPS)
    return stops.filter(~Exists(told)).count()
