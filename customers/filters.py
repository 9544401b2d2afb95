"""What narrows the customer list down. Only ids, codes and days: an address holds no personal data."""

import django_filters as filters
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.endings import STEPS, ending
from customers.models import Customer, Line, Tier
from door.filtering import PageFilter
from staff.forms import DayInput
from staff.models import Unit
from staff.scope import postings_of, scope_of

SORTS = {  # of the address: the stored, indexed column
    "name": "pinyin",
    "number": "number",
    "joined": "joined_on",
    "contact": "last_contact_at",
}
YES_OR_NO = [("true", _("Yes")), ("false", _("No"))]
LED_BY = [("me", _("Me")), ("none", _("Nobody")), ("any", _("Anybody"))]


def units_offered(user, chosen):
    """The next steps down the tree from the chosen unit, the way back up, and the unit itself: never the whole tree.

    Who sees customers as their manager is offered the units of those customers.
    """
    scope = scope_of(user, "customers.view")
    if len(scope.units) == 1 and not scope.branches and not scope.own:  # at hand with the posting
        return [one.unit for one in postings_of(user) if one.unit_id in scope.units][:1]
    reach = Q(pk__in=scope.units) | Q(branch__in=scope.branches)
    if scope.own:
        reach |= Q(pk__in=Customer.objects.filter(manager=user).values("unit"))
    reached = Unit.objects.filter(reach)
    here = reached.filter(pk=chosen).first() if chosen.isdecimal() and len(chosen) < 19 else None
    if here:
        way = [int(step) for step in here.path.strip("/").split("/")]
        return (reached.filter(pk__in=way) | reached.filter(parent=here)).order_by("path", "code")
    inner = reached.exclude(branch__in=scope.branches).exclude(parent__in=scope.units)
    return (reached.filter(parent__in=scope.branches) | inner).order_by("kind", "code")


class ListFilter(PageFilter):
    """The form of a list. What it offers is the person's own branch and reach, and so is what it takes.

    Each has a filter `unit` by the method `in_unit`; `of_unit` is the lookup that leads from a row to its unit.
    """

    of_unit = ""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.units = {unit.pk: unit for unit in units_offered(self.request.user, self.data.get("unit", ""))}
        self.filters["unit"].extra["choices"] = [(pk, str(unit)) for pk, unit in self.units.items()]

    def in_unit(self, rows, name, key):
        """The unit with everything below it."""
        below = Unit.objects.filter(path__startswith=self.units[int(key)].path).values_list("pk", flat=True)
        return rows.filter(**{f"{self.of_unit}__in": list(below)})


class CustomerFilter(ListFilter):
    """The form of the list of customers."""

    of_unit = "unit"

    unit = filters.ChoiceFilter(label=_("Unit"), method="in_unit")
    kind = filters.ChoiceFilter(label=_("Kind"), choices=Customer.Kind.choices)
    tier = filters.ChoiceFilter(label=_("Tier"))
    status = filters.ChoiceFilter(label=_("Status"), choices=Customer.Status.choices)
    manager = filters.ChoiceFilter(label=_("Account manager"), choices=LED_BY, method="led_by")
    locked = filters.ChoiceFilter(label=_("Locked high-value"), choices=YES_OR_NO, method="is_locked")
    contract = filters.TypedChoiceFilter(
        label=_("Contract ends"), choices=list(STEPS.items()), coerce=int, method="ends_in"
    )
    joined_from = filters.DateFilter(label=_("Joined from"), field_name="joined_on", lookup_expr="gte", widget=DayInput)
    joined_to = filters.DateFilter(label=_("Joined up to"), field_name="joined_on", lookup_expr="lte", widget=DayInput)

    class Meta:
        model = Customer
        fields = []

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        tiers = Tier.objects.filter(branch=self.request.user.branch_id)
        self.filters["tier"].extra["choices"] = [(tier.pk, str(tier)) for tier in tiers]

    def led_by(self, rows, name, whom):
        if whom == "me":
            return rows.filter(manager=self.request.user)
        return rows.filter(manager__isnull=whom == "none")

    def ends_in(self, rows, name, step):
        """With a line whose contract ends in that step of days."""
        return rows.filter(pk__in=Line.objects.filter(ending(step, timezone.localdate())).values("customer"))

    def is_locked(self, rows, name, answer):
        return rows.filter(locked_high_value=answer == "true")


def of_list(request, data):
    """The customers within reach that an address's query asks for; none where it asks for nonsense.

    Whom a person sees is in the branches of their postings: said aloud, a department is read in the order of its
    branch's index, where sorting its customers would take a hundred times as long.
    """
    homes = {posting.unit.home_id for posting in postings_of(request.user)}
    rows = Customer.objects.visible_to(request.user)
    if not scope_of(request.user, "customers.view").own:
        rows = rows.filter(branch__in=homes)
    return CustomerFilter(data, rows, request=request)
