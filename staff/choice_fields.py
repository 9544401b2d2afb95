"""Choosing a person or a unit from a list that says where they belong: two of one name are told apart."""

from itertools import groupby

from django import forms
from django.db.models import Case, OuterRef, QuerySet, Subquery, Value, When
from django.forms.models import ModelChoiceIterator

from staff.models import Posting, Unit, User

KINDS = (
    Unit.Kind.DESK, Unit.Kind.DEPARTMENT, Unit.Kind.CHANNEL_GROUP, Unit.Kind.HALL, Unit.Kind.COMMUNITY,
    Unit.Kind.OUTLET, Unit.Kind.BRANCH,
)  # fmt: skip
ORDER = Case(*(When(kind=kind, then=Value(n)) for n, kind in enumerate(KINDS)))


class Groups(ModelChoiceIterator):
    """The rows of the field's queryset, which stand in the order of their groups."""

    def __iter__(self):
        if self.field.empty_label is not None:
            yield "", self.field.empty_label
        for group, rows in groupby(self.queryset, self.field.group_of):
            yield group, [self.choice(row) for row in rows]


class PersonField(forms.ModelChoiceField):
    """A colleague, under the unit where they work; fill it with `choose`."""

    iterator = Groups

    def __init__(self, **options):
        super().__init__(User.objects.none(), widget=forms.Select({"translate": "no"}), **options)

    def choose(self, people: QuerySet[User], branch: Unit):
        """Offer these people, under their units in the branch today; who has none comes last."""
        postings = Posting.objects.on(branch.today()).filter(user=OuterRef("pk"), unit__path__startswith=branch.path)
        place = postings.order_by("unit__path", "pk")
        rows = people.annotate(place=Subquery(place.values("unit__name")[:1]), at=Subquery(place.values("unit")[:1]))
        self.queryset = rows.order_by("place", "at", "name", "pk")

    def group_of(self, person):
        return person.place or "–"

    def label_from_instance(self, person):
        return person.name


class UnitField(forms.ModelChoiceField):
    """A unit, by kind; fill it with `choose`."""

    iterator = Groups

    def __init__(self, **options):
        super().__init__(Unit.objects.none(), widget=forms.Select({"translate": "no"}), **options)

    def choose(self, units: QuerySet[Unit]):
        """Offer these units: desks and departments first, then those below them."""
        self.queryset = units.select_related("parent").order_by(ORDER, "parent__code", "code")

    def group_of(self, unit):
        return unit.get_kind_display()

    def label_from_instance(self, unit):
        below = unit.parent and unit.parent.kind != Unit.Kind.BRANCH
        return f"{unit} · {unit.parent}" if below else str(unit)
