from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django import forms
from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext_lazy as _

from staff.forms import DayInput
from staff.leading import led_by
from staff.models import Absence, Posting, User
from staff.models.absences import RIGHT

DAY = timedelta(days=1)


class PersonField(forms.ModelChoiceField):
    """A colleague, with the unit that tells two of one name apart."""

    def __init__(self, **options):
        super().__init__(None, widget=forms.Select({"translate": "no"}), **options)

    def label_from_instance(self, person):
        return f"{person.name} · {person.place}" if person.place else person.name


def at_work(user):
    """Who is posted in the branch today, with `place`: the name of their unit."""
    postings = Posting.objects.on(user.branch.today()).filter(user=OuterRef("pk")).order_by("pk")
    people = User.objects.filter(branch=user.branch_id, is_active=True)
    return (
        people.annotate(place=Subquery(postings.values("unit__name")[:1])).exclude(place=None).order_by("place", "pk")
    )


class AbsenceForm(forms.Form):
    """One's own absence, in whole days of the branch."""

    kind = forms.ChoiceField(label=_("Reason"), choices=Absence.Kind)
    first = forms.DateField(label=_("First day"), widget=DayInput)
    last = forms.DateField(label=_("Last day"), widget=DayInput)
    deputy = PersonField(label=_("Deputy"), help_text=_("Gets what falls due meanwhile."))

    def __init__(self, *args, by, **kwargs):
        super().__init__(*args, **kwargs)
        self.by = by
        self.fields["deputy"].queryset = at_work(by).exclude(pk=by.pk)

    def enter(self):
        """The absence; ValidationError as `Absence.enter` raises it."""
        told = self.cleaned_data
        days = {"starts": self._begin_of(told["first"]), "ends": self._begin_of(told["last"] + DAY)}
        user = told.get("user", self.by)
        return Absence.enter(by=self.by, user=user, deputy=told["deputy"], kind=told["kind"], **days)

    def _begin_of(self, day):
        return datetime.combine(day, time.min, ZoneInfo(self.by.branch.time_zone))


class LedAbsenceForm(AbsenceForm):
    """The absence of somebody one leads."""

    user = PersonField(label=_("Person"))
    field_order = ["user", "kind", "first", "last", "deputy"]

    def __init__(self, *args, by, **kwargs):
        super().__init__(*args, by=by, **kwargs)
        self.fields["user"].queryset = at_work(by).filter(led_by(by, RIGHT)).exclude(pk=by.pk)
        self.fields["deputy"].queryset = at_work(by)


class DeputyForm(forms.Form):
    deputy = PersonField(label=_("Deputy"))

    def __init__(self, *args, by, absence, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["deputy"].queryset = at_work(by).exclude(pk=absence.user_id)
