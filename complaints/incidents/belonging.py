"""Which complaints stand under an incident. Incidents stand under nothing, so that no path leads to a circle."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import Count, Min, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.trail import record
from complaints import owners
from complaints.models import Category, Complaint, ComplaintRules, Incident
from complaints.models.states import IN_HAND
from complaints.moving import held, hold, keep
from customers.models.lines import LineKind
from staff.models import Unit, User

GOES_ON = "SELECT FROM complaints_incident WHERE id = %s AND state = 'open' FOR SHARE"
EARLIER = timedelta(hours=6)  # before an incident is known, its first complaints come
MOST = 100  # taken in at once


@transaction.atomic
def link(incident: Incident, complaints, *, by: User, at: datetime | None = None) -> int:
    """Bring complaints in hand under the incident; how many were not under it yet. ValidationError, and none is
    brought, where one does not belong there.
    """
    at = at or timezone.now()
    hold_open(incident)
    rows = [one for one in hold(one.pk for one in complaints).values() if one.incident_id != incident.pk]
    for one in rows:
        owners.stays_out(one, by)
        if one.branch_id != incident.branch_id:
            raise ValidationError(_("%(number)s belongs to another branch.") % {"number": one}, code="branch")
        if not one.in_hand:
            raise ValidationError(_("%(number)s is not in hand any more.") % {"number": one}, code="move")
        keep(one, at, incident=incident)
        record(one, "complaint.under_incident", by=by, customer=one.customer_id, incident=incident)
    return len(rows)


@transaction.atomic
def unlink(complaint: Complaint, *, by: User, at: datetime | None = None, edition: int | None = None) -> Complaint:
    """It is another matter: handled by itself again. Said twice, once is enough."""
    one = held(complaint, edition)
    owners.stays_out(one, by)
    if one.incident_id is None:
        return one
    if not one.in_hand:
        raise ValidationError(_("%(number)s is not in hand any more.") % {"number": one}, code="move")
    was = one.incident_id
    keep(one, at or timezone.now(), incident=None)
    record(one, "complaint.left_incident", by=by, customer=one.customer_id, incident=was)
    return one


def under(incident: Incident, rows):
    """Those of `rows` (complaints) that may belong to it: by place, product, class and time; of no incident yet."""
    fits = Q(area_unit__in=Unit.objects.filter(path__startswith=incident.area.path))
    if incident.area_id == incident.branch_id:
        fits |= Q(area_unit=None)
    if incident.product:
        fits &= Q(product__in=(incident.product, ""))
    since = incident.began_at - EARLIER
    return rows.filter(
        fits, branch=incident.branch_id, state__in=IN_HAND, incident=None, received_at__gte=since,
        category__area=incident.category.area,
    )  # fmt: skip


@dataclass(frozen=True)
class Suggested:
    """So many complaints of one place and product in a few hours: `going_on` is the incident that they may be of."""

    area: Unit
    product: str
    category: Category
    n: int
    since: datetime
    going_on: Incident | None

    @property
    def product_name(self) -> str:
        return str(dict(LineKind.choices).get(self.product, ""))


def suggested(user: User, at: datetime) -> list[Suggested]:
    """What looks like an incident in the person's branch, the most complaints first (rules: `batch`, `batch_hours`)."""
    rules = ComplaintRules.of(user.branch_id)
    rows = Complaint.objects.filter(
        branch=user.branch_id, received_at__gte=at - timedelta(hours=rules.batch_hours), state__in=IN_HAND,
        incident=None, area_unit__isnull=False, imported=False,
    ).order_by()  # fmt: skip
    found = {}
    for row in rows.values("area_unit", "product", "category").annotate(n=Count("pk"), since=Min("received_at")):
        found.setdefault((row["area_unit"], row["product"]), []).append(row)
    many = {key: parts for key, parts in found.items() if sum(part["n"] for part in parts) >= rules.batch}
    return sorted(_drawn(user, many), key=lambda one: -one.n)


def _drawn(user, many):
    areas = Unit.objects.in_bulk([area for area, _product in many])
    most = {key: max(parts, key=lambda part: part["n"])["category"] for key, parts in many.items()}
    classes = Category.objects.in_bulk(set(most.values()) - {None})
    open_ones = list(Incident.objects.filter(branch=user.branch_id).going_on().order_by("-began_at")) if many else []
    for (area, product), parts in many.items():
        way = {int(key) for key in areas[area].path.strip("/").split("/")}
        fits = (one for one in open_ones if one.area_id in way and one.product in ("", product))
        yield Suggested(
            areas[area], product, classes.get(most[area, product]), sum(part["n"] for part in parts),
            min(part["since"] for part in parts), next(fits, None),
        )  # fmt: skip


def hold_open(incident: Incident):
    """It does not end before this transaction does; ValidationError where it has."""
    with connection.cursor() as cursor:
        cursor.execute(GOES_ON, [incident.pk])
        if cursor.fetchone() is None:
            raise ValidationError(_("This incident is over."), code="move")
