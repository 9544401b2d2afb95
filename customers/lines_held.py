"""The lines of a customer with the plan and the price of a day (B08)."""

from dataclasses import dataclass
from datetime import date

from django.db.models import F

from customers.masking import Shown
from customers.models import Customer, Line, LinePlan, PlanPrice


@dataclass(frozen=True)
class Held:
    line: Line
    number: str  # as the person may see it
    price: PlanPrice | None  # of today's plan
    past: list  # (LinePlan, PlanPrice of its last day or None), newest first
    booked: LinePlan | None  # what is to come


def lines_held(customer: Customer, shown: Shown, today: date) -> list[Held]:
    """Lines in service first; three queries whatever their number."""
    lines = list(
        customer.lines.select_related("plan", "selling_unit").order_by(F("ended_on").desc(nulls_first=True), "pk")
    )
    periods = LinePlan.objects.filter(line__customer=customer).select_related("plan").order_by("-valid_from")
    by_line = {line.pk: [] for line in lines}
    for period in periods:
        by_line[period.line_id].append(period)
    prices = _prices({line.plan_id for line in lines} | {period.plan_id for period in periods})
    return [_held(line, by_line[line.pk], prices, shown, today) for line in lines]


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
