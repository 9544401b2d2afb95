"""What lists and pages say about shifts."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import DecimalField, OuterRef, Subquery, Sum, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from billing.counter import tills
from billing.models import Receipt, Reversal, Shift, ShiftCount
from billing.models.shifts import TAKEN

MONEY = DecimalField(max_digits=14, decimal_places=2)


@dataclass(frozen=True)
class WayLine:
    """One way of payment in a till; `counted` and `difference` are None before the count."""

    label: str
    recorded: Decimal
    counted: Decimal | None = None

    @property
    def difference(self):
        return None if self.counted is None else self.counted - self.recorded

    @property
    def difference_words(self):
        return "" if self.difference is None else signed(self.difference)


@dataclass(frozen=True)
class Line:
    """A shift in a list."""

    shift: Shift
    left_open: bool

    @property
    def tone(self):
        if self.left_open:
            return "bad"
        return {"open": "info", "counted": "warn"}.get(self.shift.state, "plain")

    @property
    def words(self):
        return _("Left open") if self.left_open else self.shift.get_state_display()

    @property
    def difference_words(self):
        return signed(self.shift.difference) if self.shift.differs else ""


def signed(amount: Decimal) -> str:
    """An amount with its sign: +5.00, −5.00."""
    return f"{amount:+.2f}".replace("-", "−")


def with_sums(shifts):
    """The shifts with `taken`, `paid_back` (all ways together) and `difference`."""
    return shifts.annotate(
        taken=_sum(Receipt.objects.filter(shift=OuterRef("pk")), "shift", "payment__amount"),
        paid_back=_sum(
            Reversal.objects.filter(shift=OuterRef("pk"), state="approved"), "shift", "receipt__payment__amount"
        ),
        difference=_sum(ShiftCount.objects.filter(shift=OuterRef("pk")), "shift", "difference"),
    )


def _sum(rows, by, column):
    summed = rows.order_by().values(by).annotate(sum=Sum(column)).values("sum")
    return Coalesce(Subquery(summed, output_field=MONEY), Value(Decimal("0.00"), MONEY))


def lines_of(shifts, now: datetime) -> list[Line]:
    return [Line(shift, shift.is_left_open(now)) for shift in shifts]


def ways_of(shift: Shift, counted: dict[str, Decimal] | None = None) -> list[WayLine]:
    """Recorded beside counted by way of payment: as kept, or against what somebody is just counting."""
    kept = {one.way: one for one in shift.counts.all()} if counted is None else {}
    if kept:
        return [WayLine(label, kept[way].recorded, kept[way].counted) for way, label in TAKEN]
    recorded = tills.recorded(shift)
    return [WayLine(label, recorded[way], counted and counted[way]) for way, label in TAKEN]
