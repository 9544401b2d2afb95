"""What a person decides about one message."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from outreach import decisions
from outreach.models import Message

State = Message.State


def _settled(how):
    return lambda message, **told: decisions.settle(message, how, **told)


# what: (words, variant of the button, states in which it is offered, the operation)
CHOICES = {
    "cancel": (_("Cancel it"), "danger", {State.PLANNED, State.HELD}, decisions.cancel),
    "hold": (_("Hold it back"), "plain", {State.PLANNED}, decisions.hold),
    "release": (pgettext_lazy("message", "Release it"), "primary", {State.HELD}, decisions.release),
    "retry": (_("Try it anew"), "primary", {State.FAILED, State.EXPIRED}, decisions.retry),
    "arrived": (_("It arrived"), "primary", {State.UNKNOWN}, _settled("arrived")),
    "resend": (_("Send it again"), "plain", {State.UNKNOWN}, _settled("resend")),
    "give_up": (_("Give it up"), "danger", {State.UNKNOWN}, _settled("give_up")),
}


class DecisionForm(forms.Form):
    what = forms.ChoiceField(label=_("Decision"), choices=[(name, words) for name, (words, *_rest) in CHOICES.items()])
    note = forms.CharField(label=_("Note"), max_length=300, required=False)

    def decide(self, message, *, by):
        """ValidationError where the message has moved on meanwhile."""
        operation = CHOICES[self.cleaned_data["what"]][3]
        operation(message, by=by, note=self.cleaned_data["note"])


def offered(message) -> list[tuple]:
    """(what, words, variant) of what can be decided about it as it stands."""
    return [(what, words, tone) for what, (words, tone, states, _do) in CHOICES.items() if message.state in states]
