"""What was spent in the last twelve months, by month and by service, and where it is going (B22)."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Sum
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from billing.models import MonthlyUsage, Service
from billing.shock import months_before

MONTHS, RECENT = 12, 3
LABELS = dict(Service.choices)
NOTHING = Decimal(0)


@dataclass(frozen=True)
class Trend:
    """The last three months against the three before."""

    recent: Decimal
    before: Decimal

    @property
    def percent(self) -> int | None:
        """Rounded; None where there was nothing before."""
        return round((self.recent - self.before) / self.before * 100) if self.before else None

    @property
    def words(self) -> str:
        percent = self.percent
        if percent is None:
            return pgettext("spending", "new") if self.recent else _("nothing")
        if not percent:
            return _("level")
        said = _("up %(n)s %%") if percent > 0 else _("down %(n)s %%")
        return said % {"n": abs(percent)}


@dataclass(frozen=True)
class Part:
    """One service: its sum of each month, their sum, its share of everything in percent, and its trend."""

    code: str
    label: str
    sums: list[Decimal]
    total: Decimal
    share: int
    trend: Trend


@dataclass(frozen=True)
class Spend:
    """`months` are first days, oldest first; `parts` only services that cost something, in their usual order."""

    months: list[date]
    parts: list[Part]
    sums: list[Decimal]
    total: Decimal
    trend: Trend

    @property
    def rows(self):
        """(month, its sum by part, its sum), newest first: the table behind the picture."""
        each = zip(self.months, zip(*(part.sums for part in self.parts), strict=True), self.sums, strict=True)
        return list(each)[::-1]


def spend(accounts, day: date) -> Spend | None:
    """Of these accounts (ids, one currency), in the twelve whole months before the one of `day`; None for none."""
    months = [months_before(day.replace(day=1), n) for n in range(MONTHS, 0, -1)]
    rows = MonthlyUsage.objects.filter(account__in=accounts, month__gte=months[0], month__lte=months[-1])
    by_service = defaultdict(dict)
    for service, month, charge in rows.values_list("service", "month").annotate(Sum("charge")):
        by_service[service][month] = charge
    return summed(months, by_service)


def summed(months: list[date], by_service: dict[str, dict[date, Decimal]]) -> Spend | None:
    """The same from {service: {month: sum}}."""
    table = {code: [by_service[code].get(month, NOTHING) for month in months] for code in LABELS if code in by_service}
    table = {code: sums for code, sums in table.items() if any(sums)}
    if not table:
        return None
    sums = [sum(column, NOTHING) for column in zip(*table.values(), strict=True)]
    total = sum(sums, NOTHING)
    parts = [_part(code, row, total) for code, row in table.items()]
    return Spend(months, parts, sums, total, _trend(sums))


def _part(code, sums, total):
    own = sum(sums, NOTHING)
    return Part(code, str(LABELS[code]), sums, own, round(own / total * 100) if total else 0, _trend(sums))


def _trend(sums):
    return Trend(sum(sums[-RECENT:], NOTHING), sum(sums[-2 * RECENT : -RECENT], NOTHING))
