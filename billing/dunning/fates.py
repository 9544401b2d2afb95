"""What becomes of a planned step, and the words for why."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from outreach.models import Message
from work.models import FollowUp

REASONS = {
    # it waits
    "promise": _("The customer has promised to pay."),
    "stopped": _("Somebody stopped dunning this account."),
    "credit": _("The credit is not used up yet."),
    "reminder": _("No reminder is on record long enough."),
    "announced": _("The day that the customer was told of has not come."),
    "younger": _("The older bills are paid; what is overdue now is younger than the step asks."),
    "told_today": _("The customer was written to today; one message a day is enough."),
    "day_off": _("VIP and locked customers are not stopped around days off."),
    "no_text": _("The message could not be written: its template is missing or wrong."),
    # it was left out
    "paid": _("Nothing is overdue any more."),
    "adjusted": _("Bills were corrected."),
    "disputed": _("Only disputed sums are left."),
    "written_off": pgettext_lazy("dunning", "Written off"),
    "legal": pgettext_lazy("dunning", "Handed over for legal collection"),
    "left": _("The customer has left the network."),
    "exempt": _("Its lines are never stopped."),
    "no_line": _("There is no line that it could stop."),
    "named": _("What is owed now was announced before."),
}


def text(code: str) -> str:
    """The sentence in the reader's language; a code that nobody declared is shown as it is."""
    return str(REASONS.get(code, code))


@dataclass(frozen=True)
class Done:
    message: Message | None = None
    follow_up: FollowUp | None = None


@dataclass(frozen=True)
class Waits:
    """It is looked at again at `until`."""

    reason: str
    until: datetime


@dataclass(frozen=True)
class LeftOut:
    """The case goes on without it; where it `ends` the ladder, nothing comes after it."""

    reason: str
    ends: bool = False
