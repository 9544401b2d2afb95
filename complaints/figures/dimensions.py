"""What the figures of complaints are split by; a row of a dimension holds exactly the complaints with its value."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from complaints.models import Category
from complaints.models.complaints import LEAD
from complaints.models.states import Area, Channel
from customers.models import Tier
from customers.models.lines import LineKind
from staff.leading import led_by
from staff.models import Unit, User
from staff.scope import holds

NONE = "none"  # in addresses: the row of what is not said


def _records(model):
    return lambda keys: {key: str(one) for key, one in model.objects.in_bulk(keys).items()}


def _choices(choices):
    return lambda keys: {key: str(choices(key).label) for key in keys}


def _classes(keys):
    return {key: f"{one.code} {one}" for key, one in Category.objects.in_bulk(keys).items()}


@dataclass(frozen=True)
class Dimension:
    """`names`: the words for some of its values. `base`: the column of customers it has rates of; "": of all of them;
    None: of none. `of_people`: for those who lead alone. `codes`: the values there are, where the column is a text."""

    label: Promise
    column: str
    names: Callable[[list], dict]
    base: str | None = None
    of_people: bool = False
    codes: tuple[str, ...] = ()

    def named(self, keys: list) -> dict:
        found = self.names([key for key in keys if key not in (None, "")])
        return {key: found.get(key) or _now("Not said") for key in keys}

    def row(self, key: str) -> Q:
        """The complaints of one row, as the address says it: a number, a code, or `none`."""
        if key == NONE:
            empty = Q(**{f"{self.column}__isnull": True})
            return empty | Q(**{self.column: ""}) if self.is_text else empty
        known = key in self.codes if self.is_text else key.isascii() and key.isdigit() and len(key) < 19
        return Q(**{self.column: key}) if known else Q(pk__in=[])

    @property
    def is_text(self) -> bool:
        return bool(self.codes)

    def open_to(self, user: User) -> Q:
        """The complaints it splits for the person: of people, those of whom they lead, and those of nobody."""
        if not self.of_people:
            return Q()
        return led_by(user, LEAD, person=self.column) | Q(**{f"{self.column}__isnull": True})


DIMENSIONS = {
    "unit": Dimension(_("Unit that answers"), "unit", _records(Unit)),
    "accepted": Dimension(_("Unit that accepted"), "accepted_unit", _records(Unit)),
    "home": Dimension(_("Unit of the customer"), "customer__unit", _records(Unit), base="unit"),
    "area": Dimension(_("The regulator's class"), "category__area", _choices(Area), base="", codes=tuple(Area.values)),
    "class": Dimension(_("Class"), "category", _classes, base=""),
    "product": Dimension(_("Product"), "product", _choices(LineKind), base="", codes=tuple(LineKind.values)),
    "tier": Dimension(_("Tier"), "tier", _records(Tier), base="tier"),
    "channel": Dimension(_("Channel"), "channel", _choices(Channel), codes=tuple(Channel.values)),
    "owner": Dimension(_("Owner"), "owner", _records(User), of_people=True),
    "person": Dimension(_("Person concerned"), "person", _records(User), of_people=True),
}


def open_to(user: User) -> dict[str, Dimension]:
    """Who is overburdened and who is complained of is for those who lead them (B15)."""
    return {code: one for code, one in DIMENSIONS.items() if not one.of_people or holds(user, LEAD)}
