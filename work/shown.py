"""A follow-up as one person may see it, ready to be drawn."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.masking import Shown, reaches
from customers.tier_marks import TierMarks
from work import calling
from work.models import FollowUp
from work.models.states import ANSWERED, Kind, State

DONE_AT_ONCE = {Kind.PROMISE, Kind.REMEDY}  # nobody asks the customer how they liked it
TONES = {State.UNREACHABLE: "bad", State.REFUSED: "warn", State.CANCELLED: "plain", State.REMEDY_OPEN: "warn"}


def shown_to(user, follow_up) -> Shown:
    """As the customer is shown; who is to call somebody sees whom, also while they stand in for another."""
    shown = Shown(follow_up.customer, user)
    if follow_up.owner_id == user.pk and follow_up.is_to_do and user.has_perm("customers.view_unmasked"):
        shown.whole = True
    return shown


@dataclass(frozen=True)
class Line:
    """`may_open`: whether the customer's own page is within the person's reach."""

    follow_up: FollowUp
    who: Shown
    mark: str  # of the customer's tier, HTML
    may_open: bool
    written: str  # the number to call; the first of the customer's where none was chosen
    now: datetime

    @property
    def what(self) -> str:
        return self.who.text(self.follow_up.what)

    @property
    def number(self) -> str:
        return self.who.number(self.written) if self.written else ""

    @property
    def done_at_once(self) -> bool:
        return self.follow_up.kind in DONE_AT_ONCE

    @property
    def tone(self) -> str:
        one = self.follow_up
        if not one.is_to_do:
            return TONES.get(one.state, "ok" if one.state in ANSWERED else "info")
        if one.late_at < self.now:
            return "bad"
        return "warn" if one.due_at <= self.now else "plain"

    @property
    def when(self) -> str:
        """The state of what has ended; otherwise how late it is, or when it is due."""
        one = self.follow_up
        if not one.is_to_do:
            return one.get_state_display()
        return late_words(self.now - one.late_at) if one.late_at < self.now else due_words(one.due_at, self.now)


def late_words(late: timedelta) -> str:
    minutes = max(1, int(late.total_seconds() // 60))
    if minutes < 60:
        return ngettext("%(n)s minute late", "%(n)s minutes late", minutes) % {"n": minutes}
    if minutes < 1440:
        return ngettext("%(n)s hour late", "%(n)s hours late", minutes // 60) % {"n": minutes // 60}
    return ngettext("%(n)s day late", "%(n)s days late", minutes // 1440) % {"n": minutes // 1440}


def due_words(due_at: datetime, now: datetime) -> str:
    """Today and tomorrow by their names; a day with a time is told with it."""
    due, today = timezone.localtime(due_at), timezone.localdate(now)
    days = (due.date() - today).days
    if days < 0:
        return _("due since %(day)s") % {"day": f"{due:%Y-%m-%d}"}
    if days > 1:
        return f"{due:%Y-%m-%d %H:%M}"
    word = _("today %(time)s") if days == 0 else _("tomorrow %(time)s")
    return word % {"time": f"{due:%H:%M}"}


def lines_of(follow_ups, user, now, *, numbers=True) -> list[Line]:
    """Needs customer and tier at hand; asks once for the `numbers` of all who are to be called."""
    follow_ups, marks = list(follow_ups), TierMarks()
    unknown = [one.customer for one in follow_ups if numbers and one.is_to_do and not one.number]
    called = calling.first_numbers(unknown) if unknown else {}
    return [
        Line(
            follow_up=one,
            who=shown_to(user, one),
            mark=marks[one.customer.tier],
            may_open=reaches(user, "customers.view", one.customer),
            written=one.number or called.get(one.customer_id, ""),
            now=now,
        )
        for one in follow_ups
    ]
