"""What narrows the desk's queue down. Only ids, codes and numbers: an address holds no personal data."""

from collections.abc import Mapping
from functools import cached_property

import django_filters as filters
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from complaints.desk import queue
from complaints.models import Category, Complaint, Incident
from complaints.models.complaints import LEAD
from complaints.models.states import OPEN, Channel, Level, State
from customers.filters import YES_OR_NO, ListFilter, units_offered
from customers.models import Tier
from customers.models.lines import LineKind
from staff.leading import led_by
from staff.models import Unit, User
from staff.scope import holds

STATES = [(one.value, one.label) for one in State if one in OPEN]
OF_LEADERS = ("owner", "person")  # who is overburdened and who is complained of is for those who lead them (B15)
AT_FIRST = ("whose", "due", "state", "category", "level", "unit", "number")  # the others are one step away
OF_CLASS = ("branch", "code", "name", "name_en")
INDENT = "\u2003"


class DeskFilter(ListFilter):
    """The form of the desk's queue. What is one step away is read when it is asked for."""

    of_unit = "unit"

    whose = filters.ChoiceFilter(label=_("Whose"), choices=queue.WHOSE, method="of_whom")
    due = filters.ChoiceFilter(label=_("Due"), choices=queue.DUE, method="is_due")
    state = filters.ChoiceFilter(label=_("State"), choices=STATES)
    category = filters.ChoiceFilter(label=_("Class"), method="of_class")
    level = filters.TypedChoiceFilter(label=_("Level"), choices=Level.choices, coerce=int)
    unit = filters.ChoiceFilter(label=_("Unit"), method="in_unit")
    tier = filters.ChoiceFilter(label=_("Tier"))
    channel = filters.ChoiceFilter(label=_("Channel"), choices=Channel.choices)
    product = filters.ChoiceFilter(label=_("Product"), choices=LineKind.choices)
    area = filters.ChoiceFilter(label=_("Where"), method="in_area")
    repeat = filters.ChoiceFilter(label=_("Repeated"), choices=YES_OR_NO, method="is_so")
    flag = filters.ChoiceFilter(label=_("Escalated"), choices=YES_OR_NO, method="is_so")
    imported = filters.ChoiceFilter(label=_("From a file"), choices=YES_OR_NO, method="is_so")
    incident = filters.ChoiceFilter(label=_("Incident"))
    owner = filters.ChoiceFilter(label=_("Owner"))
    person = filters.ChoiceFilter(label=_("Person concerned"))
    number = filters.CharFilter(label=_("Complaint number"), max_length=20, method="of_number")

    class Meta:
        model = Complaint
        fields = []

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        user = self.request.user
        offered = Category.objects.visible_to(user).filter(active=True).order_by("code").only(*OF_CLASS)
        self.classes = {one.pk: one for one in offered}
        self.filters["category"].extra["choices"] = [(pk, indented(one)) for pk, one in self.classes.items()]
        if not holds(user, LEAD):
            for name in OF_LEADERS:
                del self.filters[name]
        self._offer(name for name in ROWS if self.data.get(name))

    def _offer(self, names):
        for name in names:
            if name in self.filters and "choices" not in self.filters[name].extra:
                self.filters[name].extra["choices"] = [(one.pk, str(one)) for one in ROWS[name](self)]

    @cached_property
    def areas(self):
        return {one.pk: one for one in units_offered(self.request.user, self.data.get("area", ""))}

    @cached_property
    def led(self):
        return User.objects.filter(led_by(self.request.user, LEAD)).order_by("name")

    @property
    def known(self):
        """What was read for the form, for the rows below it."""
        return {Category: self.classes, Unit: self.units}

    @property
    def at_first(self):
        return self.selections_of(AT_FIRST)

    @property
    def further(self):
        self._offer(ROWS)
        return self.selections_of(name for name in self.filters if name not in AT_FIRST)

    @property
    def asked_further(self):
        """Those of them that the address asks for: enough to narrow on while the others are on their way."""
        return self.selections_of(self._asked_further())

    @property
    def narrowed_further(self):
        return bool(self._asked_further())

    def _asked_further(self):
        return [name for name in self.filters if name not in AT_FIRST and self.data.get(name)]

    def of_whom(self, rows, name, whose):
        """The first of the filters: it begins with its own rows."""
        return queue.of_whom(self.request.user, whose)

    def is_due(self, rows, name, which):
        return rows.filter(queue.due(which, timezone.now()))

    def of_class(self, rows, name, key):
        """The class with everything below it: a class's code begins with that of the one above."""
        code, branch = self.classes[int(key)].code, self.classes[int(key)].branch_id
        below = [pk for pk, one in self.classes.items() if one.branch_id == branch and one.code.startswith(code)]
        return rows.filter(category__in=below)

    def in_area(self, rows, name, key):
        """The place with everything below it."""
        return rows.filter(area_unit__in=Unit.objects.filter(path__startswith=self.areas[int(key)].path))

    def is_so(self, rows, name, answer):
        return rows.filter(so(name, answer))

    def of_number(self, rows, name, number):
        """Asked for by its number, it is found whatever else the address says, also when it is over."""
        return queue.reached(self.request.user).filter(number=number)


SO = {"repeat": ("is_repeat", True), "flag": ("escalated_at__isnull", False), "imported": ("imported", True)}
YES_NO = dict(YES_OR_NO)
DUE = dict(queue.DUE)
ROWS = {  # what is offered for choice there
    "area": lambda asked: asked.areas.values(),
    "tier": lambda asked: Tier.objects.visible_to(asked.request.user),
    "incident": lambda asked: Incident.objects.visible_to(asked.request.user).going_on().order_by("-began_at"),
    **dict.fromkeys(OF_LEADERS, lambda asked: asked.led),
}


def so(name, answer) -> Q:
    """Of one of SO: where it is so, or is not."""
    column, is_so = SO[name]
    return Q(**{column: (answer == "true") is is_so})


def early(asked: Mapping) -> Q:
    """Where the rows lie that the filter will leave over, as far as an address says it of the complaint itself."""
    found = Q()
    for name in SO:
        if asked.get(name) in YES_NO:
            found &= so(name, asked[name])
    return found & queue.due(asked["due"], timezone.now()) if asked.get("due") in DUE else found


def of_few(asked: Mapping) -> bool:
    """Whether an address asks for the escalated ones, of which there are few and an index."""
    return asked.get("flag") == "true"


def indented(category):
    return f"{INDENT * (len(category.code) // 2)}{category.code} {category}"
