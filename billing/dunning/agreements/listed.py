"""The list of promises to pay, and how many of them were kept."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

import django_filters as filters
from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from billing import money
from billing.dunning.days import DayIn, day_in
from billing.models import PaymentPromise
from customers.masking import Shown

State = PaymentPromise.State
WHICH = [
    ("today", _("Due today")),
    ("overdue", _("Overdue")),
    ("open", pgettext_lazy("promise to pay", "Open")),
    ("broken", pgettext_lazy("promise to pay", "Broken")),
    ("kept", pgettext_lazy("promise to pay", "Kept")),
    ("withdrawn", pgettext_lazy("promise to pay", "Withdrawn")),
]
RATED = timedelta(days=90)
SHOWN = ("account__branch", "account__customer__tier", "account__customer__unit", "made_by")
TONES = {State.KEPT: "ok", State.BROKEN: "bad"}


class PromiseFilter(filters.FilterSet):
    which = filters.ChoiceFilter(label=_("Which"), choices=WHICH, method="narrowed", empty_label=_("All"))

    class Meta:
        model = PaymentPromise
        fields = []

    def narrowed(self, rows, name, which):
        today = DayIn(timezone.now())
        if which == "today":
            return rows.filter(state=State.OPEN, next_on=today)
        return rows.filter(state=State.OPEN, next_on__lt=today) if which == "overdue" else rows.filter(state=which)

    @property
    def qs(self):
        """Nothing, where the address asks for something that is not there."""
        return super().qs if self.is_valid() else self.queryset.none()


@dataclass(frozen=True)
class Line:
    """A promise in the list, as the reader may see it."""

    url: str
    customer: str
    mark: str  # of the tier, HTML
    account: str
    unit: str
    next_on: date
    days: int  # up to then; below zero: overdue
    rest: str  # what is not kept yet
    parts: int
    state: str
    tone: str
    made_by: str


def whole(rows, promises) -> list[PaymentPromise]:
    """The `rows` of a page with all that their lines say, out of `promises` (a queryset), in the same order.

    A page is found with the keys alone: a join of what its lines say is planned once, not for each stretch of the list.
    """
    found = promises.filter(pk__in=[one.pk for one in rows]).select_related(*SHOWN).prefetch_related("parts")
    by_key = found.in_bulk() if rows else {}
    return [by_key[one.pk] for one in rows if one.pk in by_key]


def lines_of(promises, user, marks, at: datetime) -> list[Line]:
    return [_line(one, Shown(one.account.customer, user), marks, at) for one in promises]


def _line(one, shown, marks, at):
    parts = list(one.parts.all())
    rest = sum((part.amount for part in parts if part.kept_at is None), Decimal(0))
    days = (one.next_on - day_in(one.account.branch, at)).days
    late = one.state == State.OPEN and days < 0
    return Line(
        url=reverse("payment-promise", args=[one.pk]),
        customer=shown.title,
        mark=marks[one.account.customer.tier],
        account=one.account.ref,
        unit=str(one.account.customer.unit),
        next_on=one.next_on,
        days=days,
        rest=money.said(rest, one.account.currency),
        parts=len(parts),
        state=one.get_state_display(),
        tone="bad" if late else TONES.get(one.state, "info" if one.state == State.OPEN else "plain"),
        made_by=str(one.made_by),
    )


@dataclass(frozen=True)
class Rate:
    """Of the promises that ended in the last RATED days."""

    kept: int
    broken: int

    @property
    def share(self) -> int | None:
        """Per cent; None where none ended."""
        ended = self.kept + self.broken
        return round(100 * self.kept / ended) if ended else None


def kept_rate(promises, at: datetime) -> Rate:
    ended = promises.filter(ended_at__gt=at - RATED)
    return Rate(**ended.aggregate(kept=Count("pk", Q(state=State.KEPT)), broken=Count("pk", Q(state=State.BROKEN))))
