"""Requests to the billing system as one person may see them, ready to be drawn."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import ngettext

from billing.models import ServiceRequest
from customers.masking import Shown
from customers.tier_marks import TierMarks
from work.shown import late_words

State = ServiceRequest.State
TONES = {State.ASKED: "info", State.ACCEPTED: "info", State.CONFIRMED: "ok", State.REFUSED: "bad"}


@dataclass(frozen=True)
class Row:
    """One request; `clock` are the words of a restoration that is open, "" for anything else."""

    request: ServiceRequest
    who: Shown
    now: datetime
    mark: str = ""  # of the customer's tier, HTML; where rows of several customers stand together

    @property
    def number(self) -> str:
        return self.who.number(str(self.request.line))

    @property
    def reason(self) -> str:
        return self.who.text(self.request.reason)

    @property
    def refused_for(self) -> str:
        return self.who.text(self.request.refused_for)

    @property
    def tone(self) -> str:
        return TONES.get(self.request.state, "plain")

    @property
    def clock(self) -> str:
        one = self.request
        if not one.due_at or one.state not in ServiceRequest.OPEN:
            return ""
        if self.now > one.due_at:
            return late_words(self.now - one.due_at)
        return _left((one.due_at - self.now).total_seconds(), (one.due_at - one.asked_at).total_seconds())

    @property
    def clock_tone(self) -> str:
        """Red once the meant time has passed."""
        return "bad" if self.now > self.request.due_at else "info"


def _left(seconds, whole):
    minutes = max(int(seconds // 60), 1)
    words = ngettext("%(n)s minute left of %(all)s", "%(n)s minutes left of %(all)s", minutes)
    return words % {"n": minutes, "all": int(whole // 60)}


def rows_of(requests, user, now: datetime) -> list[Row]:
    """Of requests with `line` and `account__customer` at hand."""
    marks = TierMarks()
    return [Row(one, Shown(one.account.customer, user), now, marks[one.account.customer.tier]) for one in requests]
