"""The form of a complaint: what it is about and what the customer says; the rest has good defaults."""

from collections.abc import Callable
from uuid import uuid4

from django import forms
from django.db.models import F, QuerySet
from django.forms.models import ModelChoiceIterator
from django.utils.translation import gettext_lazy as _

from billing.models import Bill
from complaints.entry.subject import Subject
from complaints.models import Category, Cause, Incident
from complaints.models.states import AnswerWay, Channel, Level
from complaints.told import FIELDS
from customers.models import Line
from staff.models import User
from staff.scope import holds
from work.forms import ActionForm, MomentField

MOST_LINES, MOST_BILLS = 100, 12
REST = (
    "channel", "answer_by", "line", "hours_from", "hours_to", "received_at", "level", "on_behalf", "major", "files",
)  # fmt: skip
SETTLING = ("cause", "measure", "answer", "confirmed")
HANDLE = "complaints.handle"


class TimeInput(forms.TimeInput):
    input_type = "time"

    def __init__(self, attrs=None):
        super().__init__(attrs, format="%H:%M")


class Offered(ModelChoiceIterator):
    """What there is to choose from, asked for when it is drawn or chosen from."""

    def __init__(self, field):
        self.field = field

    @property
    def queryset(self):
        return self.field.queryset


class Chosen(forms.ModelChoiceField):
    """One of the rows, said in the words of `label_of`. `rows()` is put together for who chooses or is shown them:
    most of what a complaint may say is left open.
    """

    iterator = Offered

    def __init__(self, rows: Callable[[], QuerySet], *, label_of=str, **options):
        self.label_of, self.rows = label_of, rows
        super().__init__(None, **{"required": False, "empty_label": "–"} | options)

    def _rows(self):
        if self._queryset is None:
            self._queryset = self.rows()
        return self._queryset

    queryset = property(_rows, forms.ModelChoiceField._set_queryset)

    def label_from_instance(self, row):
        return self.label_of(row)


class Files(forms.FileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """All files that were chosen, as a list."""

    widget = Files

    def clean(self, value, initial=None):
        return [super(FilesField, self).clean(one, initial) for one in value or []]


class ComplaintForm(ActionForm):
    """`subject` is whom it is about. A draft is taken as far as it goes: `lenient`."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    edition = forms.IntegerField(widget=forms.HiddenInput, required=False)
    words = forms.CharField(label=_("In the customer's words"), max_length=5000, widget=forms.Textarea({"rows": 5}))
    wanted = forms.CharField(label=_("What they want"), max_length=500, required=False)
    caller_number = forms.CharField(label=_("Number to reach them"), max_length=64, required=False)
    caller_name = forms.CharField(label=_("Caller"), max_length=200, required=False)
    on_behalf = forms.BooleanField(label=_("Complains for somebody else"), required=False)
    channel = forms.ChoiceField(label=_("Channel"), choices=Channel)
    answer_by = forms.ChoiceField(label=_("Wants to be answered"), choices=AnswerWay)
    hours_from = forms.TimeField(label=_("Reached from"), widget=TimeInput, required=False)
    hours_to = forms.TimeField(label=_("Reached until"), widget=TimeInput, required=False)
    received_at = MomentField(label=_("Received"), required=False, help_text=_("Empty: now."))
    place = forms.CharField(label=_("Where it happens"), max_length=200, required=False)
    level = forms.TypedChoiceField(
        label=_("Level at least"), choices=Level, coerce=int, required=False, empty_value=None
    )
    major = forms.BooleanField(label=_("Safety or media"), required=False)
    settled = forms.BooleanField(label=_("Settled on the spot"), required=False)
    measure = forms.CharField(label=_("What was done"), max_length=1000, required=False)
    answer = forms.CharField(
        label=_("What the customer was told"), max_length=1000, required=False, widget=forms.Textarea({"rows": 2})
    )
    confirmed = forms.BooleanField(label=_("The customer says that it is settled"), required=False)
    files = FilesField(label=_("Files"), required=False, help_text=_("Up to 5, of 10 MB each."))

    def __init__(self, data=None, files=None, *, user, subject: Subject, lenient=False):
        super().__init__(data, files, initial=None if data else {"key": uuid4()} | subject.start)
        self.user, self.subject = user, subject
        self._offer(user.branch, subject)
        for name in ("category", "words", "channel") if lenient else ():
            self.fields[name].required = False
        if not holds(user, HANDLE):
            del self.fields["settled"]

    def _offer(self, branch, subject):
        customer, say = subject.customer, {"required": _("Choose what the complaint is about.")}

        def classes():
            return Category.objects.filter(branch=branch).finest().select_related("parent").order_by("code")

        def lines():
            newest = F("ended_on").desc(nulls_first=True), "pk"
            return Line.objects.filter(customer=customer).order_by(*newest) if customer else Line.objects.none()

        def bills():
            seen = Bill.objects.visible_to(self.user).order_by("-month", "-pk")
            return seen.filter(account__customer=customer) if customer else Bill.objects.none()

        offered = {
            "category": Chosen(classes, label=_("Class of complaint"), required=True, error_messages=say),
            "person": Chosen(lambda: _people(branch), label=_("Person concerned")),
            "cause": Chosen(lambda: Cause.objects.filter(branch=branch, active=True), label=_("Root cause")),
            "incident": Chosen(lambda: _going_on(self.user, branch), label=_("Incident")),
            "line": Chosen(lines, label=_("Line"), label_of=lambda line: subject.shown.number(str(line))),
            "bill": Chosen(bills, label=_("Bill"), label_of=_bill),
        }
        self.fields |= offered

    def clean(self):
        said = super().clean()
        if said.get("settled"):
            for name in ("cause", "answer"):
                if not said.get(name) and name not in self.errors:
                    self.add_error(name, _("Needed where it is settled on the spot."))
        return said

    def told(self) -> dict:
        """What `accept` and `keep_draft` take."""
        said = {name: self.cleaned_data.get(name) for name in FIELDS if name in self.fields}
        return said | self.subject.told() | {"key": self.cleaned_data["key"], "edition": self.cleaned_data["edition"]}

    def settling(self) -> dict | None:
        """What `settle_on_spot` takes, where it is settled."""
        said = self.cleaned_data
        if not said.get("settled"):
            return None
        found = {name: said[name] for name in SETTLING} | {"liability": said["cause"].liability}
        return found | {"measure": said["measure"] or said["answer"]}

    @property
    def has_rest_errors(self):
        """Whether something that is folded away is to be put right."""
        return any(name in self.errors for name in REST)

    def groups(self):
        """[(class above, its classes)] for the list of classes."""
        found = {}
        for one in self.fields["category"].queryset:
            found.setdefault(one.parent, []).append(one)
        return found.items()


def _bill(bill):
    return f"{bill.month:%Y-%m} {bill.ref} {bill.amount}"


def _people(branch):
    return User.objects.filter(branch=branch, is_active=True).order_by("name", "pk")


def _going_on(user, branch):
    return Incident.objects.visible_to(user).filter(branch=branch).going_on()
