"""“Suspensions without reminder: 0”, counted from the rows and not believed (A25)."""

from billing.models import ServiceRequest


def unreminded(among=None) -> int:
    """How many stops for arrears were asked for without a reminder of their case, recorded a day before.

    Exact, and of this moment: by an index of such stops alone. That what the stops say of their reminder is what the
    reminder says, `billing.checking` proves every night.
    """
    rows = ServiceRequest.objects.all() if among is None else among
    return rows.unreminded().count()
