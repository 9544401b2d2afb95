"""Appeals as one person may see them, with their clocks in words."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from complaints.clocks import showing
from complaints.masked import masked_for
from complaints.models import RegulatorCase

TONES = {"received": "warn", "answered": "info", "settled": "ok", "closed": "plain"}


@dataclass(frozen=True)
class Line:
    appeal: RegulatorCase
    customer: str
    tone: str
    clocks: list[showing.Shown]


def lines_of(appeals, user, at: datetime) -> list[Line]:
    return [Line(one, masked_for(user, one.complaint).title, TONES[one.state], clocks_of(one, at)) for one in appeals]


def clocks_of(one: RegulatorCase, at: datetime) -> list[showing.Shown]:
    """What the regulator waits for: that it decides, and that it answers."""
    told = one.answered_at or one.settled_at or one.closed_at
    return [
        showing.until(_("The regulator decides"), one.received_at, one.decide_by, told, at),
        showing.until(_("The regulator answers"), one.received_at, one.answer_by, one.closed_at, at),
    ]
