"""The lines of a customer with the plan and the price of a day (B08)."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, F, Window

from customers.masking import Shown
from customers.models import Customer, Line, LinePlan, PlanPrice


@dataclass(frozen=True)
class Held:
    line: Line
    number: str  # as the person may see it
    price: PlanPrice | None  # of today's plan
    past: list  # (LinePlan, PlanPrice of its last day or None), newest first
    booked: LinePlan | None  # what is to come


def lines_held(customer: Customer, shown: Shown, today: date, most: int | None = None) -> tuple[list[Held], int]:
    """The first `most` lines, those in service before the ended ones, and how many there are: three queries."""
    rows = customer.lines.select_related("plan", "selling_unit").annotate(count=Window(Count("pk")))
    lines = list(rows.order_by(F("ended_on").desc(nulls_first=True), "pk")[:most])
    periods = LinePlan.objects.filter(line__in=[line.pk for line in lines]).select_related("plan")
    by_line = {line.pk: [] for line in lines}
    for period in periods.order_by("-valid_from"):
        by_line[period.line_id].append(period)
    held_plans = {line.plan_id for line in lines} | {one.plan_id for of in by_line.values() for one in of}
    prices = _prices(held_plans)
    held = [_held(line, by_line[line.pk], prices, shown, today) for line in lines]
    return held, lines[0].count if lines else 0


def _held(line, periods, prices, shown, today):
    def price(plan_id, day):
        return next((one for one in prices.get(plan_id, ()) if _holds(one, day)), None)

    past = [one for one in periods if one.valid_to and one.valid_to <= today]
    booked = next((one for one in periods if one.valid_from > today), None)
    return Held(
        line,
        shown.number(str(line)),
        price(line.plan_id, today),
        [(one, price(one.plan_id, one.valid_from)) for one in past],
        booked,
    )


def _holds(dated, day):
    return dated.valid_from <= day and (dated.valid_to is None or day < dated.valid_to)


def _prices(plan_ids):
    prices = {}
    for price in PlanPrice.objects.filter(plan__in=plan_ids - {None}):
        prices.setdefault(price.plan_id, []).append(price)
    return prices
