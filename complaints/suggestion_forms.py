"""The forms of suggestions, and what narrows their list down."""

from uuid import uuid4

import django_filters as filters
from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from complaints.models import Suggestion, Topic
from complaints.models.states import Channel
from staff.models import Unit
from work.forms import ActionForm

WHICH = [("late", _("Late")), ("waiting", _("Without an answer")), ("answered", _("Answered"))]


class SuggestionForm(ActionForm):
    key = forms.UUIDField(widget=forms.HiddenInput)
    topic = forms.ModelChoiceField(Topic.objects.none(), label=_("topic"), empty_label=_("Choose"))
    text = forms.CharField(
        label=_("in the customer's words"), max_length=4000, widget=forms.Textarea(attrs={"rows": 5})
    )
    channel = forms.ChoiceField(label=_("channel"), choices=Channel.choices, initial=Channel.HALL)

    def __init__(self, *args, branch, **kwargs):
        super().__init__(*args, initial={"key": uuid4(), "channel": Channel.HALL}, **kwargs)
        self.fields["topic"].queryset = Topic.objects.filter(branch=branch, active=True)

    def told(self):
        return self.cleaned_data | {"key": f"form:{self.cleaned_data['key']}"}


class DecisionForm(ActionForm):
    decision = forms.ChoiceField(label=_("decision"), choices=[("", _("Choose")), *Suggestion.Decision.choices])
    reason = forms.CharField(label=_("reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))
    answer = forms.CharField(
        label=_("answer to the customer"), max_length=200, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Goes to the customer by message."),
    )  # fmt: skip


class SuggestionFilter(filters.FilterSet):
    which = filters.ChoiceFilter(label=_("Which"), choices=WHICH, method="narrowed", empty_label=_("All"))
    topic = filters.ModelChoiceFilter(label=_("topic"), queryset=Topic.objects.none())
    unit = filters.ModelChoiceFilter(label=_("Unit"), queryset=Unit.objects.none())
    decision = filters.ChoiceFilter(label=_("decision"), choices=Suggestion.Decision.choices)
    channel = filters.ChoiceFilter(label=_("channel"), choices=Channel.choices)

    class Meta:
        model = Suggestion
        fields = []

    def __init__(self, data, queryset, **kwargs):
        super().__init__(data, queryset, **kwargs)
        here = self.request.user.branches_today()
        self.filters["topic"].queryset = Topic.objects.filter(branch__in=here)
        asked = Topic.objects.filter(branch__in=here).exclude(unit=None).values("unit")
        self.filters["unit"].queryset = Unit.objects.filter(pk__in=asked).order_by("path")

    def narrowed(self, rows, name, which):
        waiting = rows.filter(answered_at=None)
        late = waiting.filter(due_at__lt=timezone.now())
        return {"late": late, "waiting": waiting, "answered": rows.exclude(answered_at=None)}[which]

    @property
    def qs(self):
        """Nothing, where the address asks for something that is not there."""
        return super().qs if self.is_valid() else self.queryset.none()
