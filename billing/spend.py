"""What was spent in the last twelve months, by month and by service, and where it is going (B22)."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, TextField
from django.db.models.functions import Cast, JSONObject
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from billing.models import Account, MonthlyUsage, Service
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


def spend(account, day: date) -> Spend | None:
    """Of an account, in the twelve whole months before the one of `day`; None for none."""
    return spend_of(with_use(Account.objects.filter(pk=account.pk), day), day)


def with_use(accounts, day: date):
    """A queryset of accounts that bring along what `spend_of` adds up: [{service, month, charge}, …]."""
    months = _months(day)
    rows = MonthlyUsage.objects.filter(account=OuterRef("pk"), month__gte=months[0], month__lte=months[-1])
    charge = Cast("charge", TextField())  # a number of JSON would be a float
    return accounts.annotate(
        use=ArraySubquery(rows.values(one=JSONObject(service="service", month="month", charge=charge)))
    )


def spend_of(accounts, day: date) -> Spend | None:
    """Of accounts in one currency from `with_use`; None for none."""
    by_service = defaultdict(lambda: defaultdict(Decimal))
    for one in (used for account in accounts for used in account.use):
        by_service[one["service"]][date.fromisoformat(one["month"])] += Decimal(one["charge"])
    return summed(_months(day), by_service)


def _months(day):
    return [months_before(day.replace(day=1), n) for n in range(MONTHS, 0, -1)]


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
