"""The forms of follow-ups."""

from datetime import timedelta
from uuid import uuid4

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models import Identifier
from customers.visits import without_id_numbers
from staff.forms import DayInput
from staff.models import Posting, User
from staff.rights import RIGHTS
from work import calling
from work.models import FollowUp
from work.models.follow_ups import DO, kept
from work.models.states import Kind, Outcome, Priority, Result, Told

ANSWERS = [*Result.choices, *[one for one in Outcome.choices if one[0] != Outcome.ANSWERED]]
BY_HAND = [Kind.CALLBACK, Kind.PROMISE, Kind.VISIT, Kind.CARE]  # remedies and proactive service come by themselves


class MomentInput(forms.DateTimeInput):
    """The browser's own field for a day with a time."""

    input_type = "datetime-local"

    def __init__(self, attrs=None):
        super().__init__(attrs, format="%Y-%m-%dT%H:%M")


class MomentField(forms.DateTimeField):
    widget = MomentInput
    input_formats = ["%Y-%m-%dT%H:%M"]


class ActionForm(forms.Form):
    use_required_attribute = False

    def refuse(self, error):
        """Put what the operation refused next to its field."""
        for name, errors in error.error_dict.items() if hasattr(error, "error_dict") else [(None, error)]:
            self.add_error(name if name in self.fields else None, errors)


class ManyForm(ActionForm):
    """What is asked before something is done with many at once; see `jobs.bulk.lists.Action`."""

    def __init__(self, data=None, *, user, **options):
        super().__init__(data, **options)
        self.choose(user)

    def choose(self, user):
        """Fill the choices that depend on the person."""

    def clean(self):
        """It is kept as it was asked: without full numbers of documents."""
        found = super().clean().items()
        return {name: without_id_numbers(said) if isinstance(said, str) else said for name, said in found}


class AttemptForm(ActionForm):
    """One try: how it ended, or how the customer felt. Each part of the call has an answer of its own."""

    answer = forms.ChoiceField(label=_("How it went"), choices=ANSWERS)
    note = forms.CharField(label=_("Note"), max_length=1000, required=False)
    call_at = MomentField(label=_("Call again at"), required=False)

    def __init__(self, *args, parts=(), **kwargs):
        super().__init__(*args, auto_id="attempt_%s", **kwargs)
        self.parts = {f"part_{part.pk}": part for part in parts}
        for name, part in self.parts.items():
            choices = [("", "–"), *Result.choices]
            self.fields[name] = forms.ChoiceField(label=part.what, choices=choices, required=False)

    def told(self):
        """As `attempt` takes it."""
        said = self.cleaned_data
        reached = said["answer"] in Result.values
        return {
            "outcome": Outcome.ANSWERED if reached else said["answer"],
            "result": said["answer"] if reached else "",
            "note": said["note"],
            "call_at": said["call_at"],
            "answers": {part.pk: said[name] for name, part in self.parts.items()},
        }


class NoteForm(ActionForm):
    note = forms.CharField(label=_("How it goes"), max_length=1000, widget=forms.Textarea(attrs={"rows": 2}))


class MoveForm(ActionForm):
    due_at = MomentField(label=_("New time"))
    reason = forms.CharField(label=_("Why"), max_length=200, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, auto_id="move_%s", **kwargs)


class HandOverForm(ActionForm):
    owner = forms.ModelChoiceField(
        User.objects.none(), label=_("To whom"), required=False, empty_label=_("Everybody of the unit")
    )
    reason = forms.CharField(label=_("Why"), max_length=200)

    def __init__(self, *args, follow_up, **kwargs):
        super().__init__(*args, auto_id="hand_over_%s", **kwargs)
        self.fields["owner"].queryset = able(follow_up).exclude(pk=follow_up.owner_id)


class CancelForm(ActionForm):
    reason = forms.CharField(label=_("Why"), max_length=200)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, auto_id="cancel_%s", **kwargs)


class NewForm(ActionForm):
    """A callback, visit, promise or care that a person plans."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    kind = forms.ChoiceField(label=_("Kind"), choices=[(kind.value, kind.label) for kind in BY_HAND])
    what = forms.CharField(label=_("What is owed"), max_length=300)
    due_at = MomentField(label=_("When"))
    told_by = forms.ChoiceField(
        label=_("How the customer was told"), choices=[("", "–"), *Told.choices], required=False,
        help_text=_("A promise is told to the customer, with its time."),
    )  # fmt: skip
    number = forms.ModelChoiceField(
        Identifier.objects.none(), label=_("Number to call"), required=False, empty_label=_("The usual one")
    )
    priority = forms.TypedChoiceField(label=_("Priority"), choices=Priority.choices, coerce=int)

    def __init__(self, *args, customer, shown, **kwargs):
        tomorrow = timezone.localtime() + timedelta(days=1)
        start = {"key": uuid4(), "due_at": tomorrow.replace(hour=10, minute=0), "priority": Priority.NORMAL}
        super().__init__(*args, initial=start, **kwargs)
        self.fields["number"].queryset = calling.numbers_of(customer)
        self.fields["number"].label_from_instance = lambda one: shown.number(one.written)

    def clean_number(self):
        number = self.cleaned_data["number"]
        return number.written if number else ""


def able(follow_up: FollowUp):
    """Who follows up today in the unit that owes it, or in one beside it; never whose work it checks, nor whom it is
    kept from.
    """
    held = Posting.objects.on(timezone.localdate()).filter(role__in=list(RIGHTS[DO]))
    held = held.filter(Q(unit=follow_up.unit_id) | Q(unit__parent=follow_up.unit.parent_id))
    people = User.objects.filter(branch=follow_up.branch_id, is_active=True, pk__in=held.values("user"))
    return people.exclude(pk__in={follow_up.handled_by_id, *kept([follow_up])[follow_up]} - {None}).order_by("name")


class PeriodForm(ActionForm):
    since = forms.DateField(label=_("From"), widget=DayInput)
    until = forms.DateField(label=_("Up to"), widget=DayInput)
