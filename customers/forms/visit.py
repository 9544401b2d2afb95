"""The form that records a contact: one head, and as many items as the customer has wishes."""

from datetime import timedelta
from itertools import groupby, zip_longest
from operator import attrgetter
from uuid import uuid4

from django import forms
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models import Interaction, InteractionItem, Line, Reason
from customers.visits import MOST_ITEMS, usual_channel
from staff.forms import DayInput

MOST_LINES = 100  # offered in the list of lines
ITEM_FIELDS = ("reason", "reason_typed", "line", "detail", "result")


class VisitForm(forms.Form):
    key = forms.UUIDField(widget=forms.HiddenInput)
    stage = forms.ChoiceField(label=_("Stage"), choices=Interaction.Stage.choices)
    channel = forms.ChoiceField(label=_("Channel"), choices=Interaction.Channel.choices)
    direction = forms.ChoiceField(label=_("Direction"), choices=Interaction.Direction.choices)
    note = forms.CharField(label=_("Note"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 2}))
    next_step = forms.ChoiceField(label=_("Next step"), choices=Interaction.NextStep.choices, widget=forms.RadioSelect)
    follow_up = forms.CharField(
        label=_("What to follow up"),
        max_length=300,
        error_messages={"required": _("Say what is to be followed up.")},
    )
    follow_up_on = forms.DateField(
        label=_("By which day"),
        widget=DayInput,
        error_messages={"required": _("Say by which day.")},
    )

    use_required_attribute = False

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.is_bound and self.data.get("next_step") != Interaction.NextStep.FOLLOW_UP:
            self.fields["follow_up"].required = self.fields["follow_up_on"].required = False

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("next_step") == Interaction.NextStep.NONE:
            cleaned |= {"follow_up": "", "follow_up_on": None}  # typed before the person chose otherwise
            for name in ("follow_up", "follow_up_on"):
                self.errors.pop(name, None)
        return cleaned


class ItemForm(forms.Form):
    """One thing the customer came for. `reasons` and `lines` are what may be chosen, by id as text."""

    reason = forms.CharField(label=_("Reason"), required=False)
    reason_typed = forms.CharField(required=False, max_length=100)  # what stood in the box when nothing was chosen
    result = forms.ChoiceField(label=_("Result"), choices=InteractionItem.Result.choices)
    line = forms.CharField(label=_("Line"), required=False)
    detail = forms.CharField(label=_("Detail"), required=False, max_length=500)

    def __init__(self, number, reasons, lines, data=None):
        start = {"result": InteractionItem.Result.SETTLED}
        super().__init__(data, auto_id=f"item_{number}_%s", initial=start, use_required_attribute=False)
        self.reasons, self.lines = reasons, lines

    def clean_reason(self):
        reason = self.reasons.get(self.cleaned_data["reason"])
        if reason is None:
            raise forms.ValidationError(_("Choose a reason from the list."))
        return reason

    def clean_line(self):
        chosen = self.cleaned_data["line"]
        if chosen and chosen not in self.lines:
            raise forms.ValidationError(_("Choose a line of this customer."))
        return self.lines.get(chosen)


class Visit:
    """Head and items as one form. After `is_valid()`, `cleaned()` is what `record_visit` takes."""

    def __init__(self, customer, user, shown, data=None):
        reasons = Reason.objects.choosable(customer.branch_id).select_related("parent").order_by("code")
        self.reasons = {str(reason.pk): reason for reason in reasons}
        lines = Line.objects.filter(customer=customer).order_by(F("ended_on").desc(nulls_first=True), "pk")
        self.lines = {str(line.pk): line for line in lines[:MOST_LINES]}
        self.shown_lines = [(pk, shown.number(str(line))) for pk, line in self.lines.items()]
        self.head = VisitForm(data, initial=None if data else _usual(user))
        self.items = self._sent(data) if data else [self._item(0)]

    def _item(self, number, data=None):
        return ItemForm(number, self.reasons, self.lines, data)

    def _sent(self, data):
        """The rows that say anything; at least one, so that there is a place for what is missing."""
        columns = [data.getlist(name)[: MOST_ITEMS + 1] for name in ITEM_FIELDS]
        rows = [dict(zip(ITEM_FIELDS, row, strict=True)) for row in zip_longest(*columns, fillvalue="")]
        said = [row for row in rows if row["reason"] or row["reason_typed"] or row["detail"]] or rows[:1] or [{}]
        return [self._item(number, row) for number, row in enumerate(said)]

    def is_valid(self):
        return all([self.head.is_valid(), *(item.is_valid() for item in self.items)])

    def cleaned(self):
        items = [
            {name: item.cleaned_data[name] for name in ("reason", "line", "detail", "result")} for item in self.items
        ]
        return self.head.cleaned_data | {"items": items}

    def refuse(self, error):
        """Put what the operation refused next to its field."""
        for field, errors in error.error_dict.items() if hasattr(error, "error_dict") else [(None, error)]:
            if field == "items":
                self.items[-1].add_error("reason", errors)
            else:
                self.head.add_error(field if field in self.head.fields else None, errors)

    @property
    def faulty(self):
        return self.head.is_bound and any(form.errors for form in [self.head, *self.items])

    def problems(self):
        """(id of the field, label, error) of everything to put right, in reading order."""
        for form in [*self.items, self.head]:
            for error in form.non_field_errors():
                yield "", "", error
            for field in form:
                for error in field.errors:
                    yield field.id_for_label, field.label, error

    def groups(self):
        """The reasons under the ones they refine, for one list of choices."""
        return [(parent, list(of)) for parent, of in groupby(self.reasons.values(), key=attrgetter("parent"))]


def _usual(user):
    """What a fresh form says before anything is typed."""
    channel = usual_channel(user)
    ours = channel in (Interaction.Channel.VISIT, Interaction.Channel.PHONE)
    return {
        "key": uuid4(),
        "stage": Interaction.Stage.AFTER_SALE,
        "channel": channel,
        "direction": Interaction.Direction.OUT if ours else Interaction.Direction.IN,
        "next_step": Interaction.NextStep.NONE,
        "follow_up_on": timezone.localdate() + timedelta(days=1),
    }
