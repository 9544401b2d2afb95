"""What a policy of complaints may ask (2.3, peers E 2)."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from complaints.models import Category
from complaints.models.states import Area, Channel, Level
from customers.models import Customer, Tier
from customers.models.lines import LineKind
from staff.conditions import Askable, Field
from staff.models import Unit


def classes(branch):
    return [(one.code, str(one)) for one in Category.objects.filter(branch=branch, active=True)]


def tiers(branch):
    return [(one.code, str(one)) for one in Tier.objects.filter(branch=branch)]


def units(branch):
    return [(one.pk, str(one)) for one in Unit.objects.open_now().in_branches([branch.pk]).order_by("path")]


ASKABLE = Askable(
    (
        Field("level", pgettext_lazy("complaint", "level"), "choice", "level", lambda branch: Level.choices),
        Field("area", _("the regulator's class"), "choice", "category__area", lambda branch: Area.choices),
        Field("category", _("class"), "tree", "category__code", classes),
        Field("tier", _("tier"), "choice", "tier__code", tiers),
        Field("customer", _("kind of customer"), "choice", "customer__kind", lambda branch: Customer.Kind.choices),
        Field("locked", _("locked high-value"), "bool", "customer__locked_high_value"),
        Field("channel", _("channel"), "choice", "channel", lambda branch: Channel.choices),
        Field("product", _("product"), "choice", "product", lambda branch: LineKind.choices),
        Field("repeat", _("repeated"), "bool", "is_repeat"),
        Field("major", _("safety or media"), "bool", "major"),
        Field("place", _("unit or community concerned"), "unit", "area_unit", units),
        Field("unit", _("unit that has it"), "unit", "unit", units),
    )
)
