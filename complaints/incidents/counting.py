"""How many complaints stand under incidents; asked for the rows of a page alone."""

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from complaints.models import Complaint, Incident
from complaints.models.states import IN_HAND


def counted(incidents: QuerySet[Incident]) -> QuerySet[Incident]:
    """With `n`, those under each, and `hand`, those of them in hand."""
    return incidents.annotate(n=_under(), hand=_under(state__in=IN_HAND))


def _under(**which):
    found = Complaint.objects.filter(incident=OuterRef("pk"), **which).order_by().values("incident")
    return Coalesce(Subquery(found.annotate(n=Count("pk")).values("n")), 0)
