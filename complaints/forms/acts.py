"""What is typed about a complaint; each form knows the edition of the complaint that was read."""

from uuid import uuid4

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from billing.counter.forms import MoneyField
from billing.models import Bill
from complaints import owners
from complaints.delegating import latest_due
from complaints.forms.causes import CauseField
from complaints.models import Category, Note
from complaints.models.complaints import HANDLE
from complaints.models.states import AnswerWay, Level, Liability
from complaints.moving import Outdated
from staff.choice_fields import PersonField, UnitField
from staff.models import Posting, Unit, User
from staff.rights import RIGHTS
from work.forms import ActionForm, MomentField

DEPARTMENTS = (Unit.Kind.DEPARTMENT, Unit.Kind.HALL, Unit.Kind.COMMUNITY, Unit.Kind.CHANNEL_GROUP, Unit.Kind.DESK)
CONTACTS = [choice for choice in Note.Kind.choices if choice[0] != Note.Kind.NOTE]
BILLS = 12


def text(label, rows=2, **options):
    box = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(**{"label": label, "widget": box, "max_length": 2000} | options)


def able(complaint):
    """Who may be given the complaint."""
    branch = complaint.branch
    posted = Posting.objects.on(branch.today()).filter(unit__path__startswith=branch.path, role__in=RIGHTS[HANDLE])
    people = User.objects.filter(pk__in=owners.people_in(posted).values("user"))
    return people.exclude(pk=complaint.person_id).order_by("name", "pk")


def departments(branches):
    """Who may be asked for its part."""
    return Unit.objects.in_branches(branches).open_now().filter(kind__in=DEPARTMENTS)


class ActForm(ActionForm):
    """One thing that is done with a complaint."""

    edition = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, data=None, *, complaint, user, name):
        start = {"edition": complaint.edition, "key": uuid4()}
        super().__init__(data, initial=start, auto_id=f"{name}_%s")
        self.complaint, self.user = complaint, user
        self.choose(complaint)

    def choose(self, complaint):
        """Fill the choices that depend on the complaint."""

    def refuse(self, error):
        """Told that it was outdated, the person has seen what is new: sent again, it goes by that."""
        super().refuse(error)
        if isinstance(error, Outdated):
            self.complaint.refresh_from_db()
            self.data = self.data.copy()
            self.data["edition"] = self.complaint.edition


class KeyedForm(ActForm):
    """Sent twice it is one thing."""

    key = forms.UUIDField(widget=forms.HiddenInput)

    def clean_key(self):
        return f"form:{self.cleaned_data['key']}"


class TakeForm(ActForm):
    """Nothing is asked."""


class GoOnForm(ActForm):
    reason = forms.CharField(label=_("What came"), max_length=300, required=False)


class AssignForm(ActForm):
    owner = PersonField(label=_("To whom"), required=False, empty_label=_("By the class: whoever has least to do"))

    def choose(self, complaint):
        self.fields["owner"].choose(able(complaint), complaint.branch)


class HandOverForm(ActForm):
    owner = PersonField(label=_("To whom"))
    reason = forms.CharField(label=_("Why"), max_length=300)

    def choose(self, complaint):
        self.fields["owner"].choose(able(complaint).exclude(pk=complaint.owner_id), complaint.branch)


class RaiseForm(ActForm):
    level = forms.TypedChoiceField(label=_("To which level"), coerce=int, choices=Level.choices[1:])
    reason = forms.CharField(label=_("Why"), max_length=300)

    def choose(self, complaint):
        self.fields["level"].choices = [one for one in Level.choices if one[0] > complaint.level]


class ReclassifyForm(ActForm):
    category = forms.ModelChoiceField(Category.objects.none(), label=_("Class"))
    reason = forms.CharField(label=_("Why"), max_length=300, required=False)

    def choose(self, complaint):
        classes = Category.objects.filter(branch=complaint.branch_id).finest().exclude(pk=complaint.category_id)
        self.fields["category"].queryset = classes.order_by("code")
        self.fields["category"].label_from_instance = lambda one: f"{one.code} {one}"


class ContactForm(KeyedForm):
    kind = forms.ChoiceField(label=_("How it went"), choices=CONTACTS, initial=Note.Kind.SPOKE)
    way = forms.ChoiceField(label=_("Way"), choices=AnswerWay.choices)
    text = text(_("What was said"), required=False)


class NoteForm(KeyedForm):
    text = text(_("Note"))


class WaitForm(ActForm):
    what = forms.CharField(label=_("What is awaited"), max_length=300)
    until = MomentField(label=_("Until"), required=False, help_text=_("Empty: as long as the rules allow."))


class TaskForm(KeyedForm):
    unit = UnitField(label=_("Department"))
    what = text(_("What is to be done"), max_length=500)
    due_at = MomentField(label=_("Due"))
    coordinator = PersonField(label=_("Who coordinates"), required=False, help_text=_("From the second department on."))

    def choose(self, complaint):
        self.fields["unit"].choose(departments([complaint.branch_id]))
        self.fields["due_at"].initial = latest_due(complaint, timezone.now())
        self.fields["coordinator"].choose(able(complaint), complaint.branch)
        self.fields["coordinator"].initial = complaint.coordinator_id


class ResultForm(ActForm):
    """What every result says (G02, D14)."""

    cause = CauseField()
    liability = forms.ChoiceField(label=_("Whose doing"), choices=[("", "–"), *Liability.choices])
    loss_stopped = forms.CharField(label=_("What limits the loss meanwhile"), max_length=500, required=False)
    measure = text(_("What was done"))
    answer = text(_("What the customer was told"), rows=3)

    def choose(self, complaint):
        self.fields["cause"].of(complaint.branch_id)


class ResolveForm(ResultForm):
    answered_by = forms.ChoiceField(
        label=_("How they were told"), choices=AnswerWay.choices,
        help_text=_("By SMS or e-mail, the answer is sent now."),
    )  # fmt: skip

    def choose(self, complaint):
        super().choose(complaint)
        self.fields["answered_by"].initial = complaint.answer_by


class SettleForm(ResultForm):
    confirmed = forms.BooleanField(
        label=_("The customer confirms that it is settled"), required=False,
        help_text=_("Otherwise somebody else calls back."),
    )  # fmt: skip


class WhyForm(ActForm):
    reason = forms.CharField(label=_("Why"), max_length=500)


class RejectForm(ActForm):
    reason = forms.CharField(label=_("Why it is not ours"), max_length=500)
    direction = forms.CharField(label=_("Where the customer is to turn"), max_length=300)
    answered_by = forms.ChoiceField(label=_("How they were told"), choices=AnswerWay.choices)

    def choose(self, complaint):
        self.fields["answered_by"].initial = complaint.answer_by


class ReopenForm(ActForm):
    reason = forms.CharField(label=_("Why"), max_length=500)
    owner = PersonField(label=_("To whom"), required=False, empty_label=_("Whoever leads the unit"))

    def choose(self, complaint):
        self.fields["owner"].choose(able(complaint), complaint.branch)


class CompensateForm(KeyedForm):
    bill = forms.ModelChoiceField(Bill.objects.none(), label=_("Bill"))
    amount = MoneyField(label=_("Amount"))
    reason = forms.CharField(label=_("What for"), max_length=300)

    def choose(self, complaint):
        bills = Bill.objects.visible_to(self.user).filter(account__customer=complaint.customer_id or 0)
        latest = [*bills.order_by("-issued_on", "-pk").values_list("pk", flat=True)[:BILLS], complaint.bill_id or 0]
        self.fields["bill"].queryset = bills.filter(pk__in=latest).order_by("-issued_on", "-pk")
        self.fields["bill"].initial = complaint.bill_id


class MergeForm(ActForm):
    into = forms.IntegerField(label=_("Into"))
    reason = forms.CharField(label=_("Why"), max_length=500, required=False)


class TaskEndForm(ActionForm):
    result = forms.CharField(label=_("What came of it, or why it is returned"), max_length=1000)


class RefuseForm(ActionForm):
    refused_for = forms.CharField(label=_("Why not"), max_length=300)
