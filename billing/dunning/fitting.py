"""How many accounts a plan would be for, before it is put to use."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from billing.dunning.dunned import DUNNED, MEANT, PAYS
from billing.dunning.soundness import Plan
from billing.models import Scenario
from billing.money import Sums

SAMPLE = 20_000  # accounts; a branch with more is judged by about so many of them
# The ways of the branch as they would be: the plan instead of what its scenario has in use.
WAYS = """
    SELECT s.id AS scenario_id, s."order", v.kinds::text[], v.tiers::text[], v.products::text[], v.locked, v.from_amount
    FROM billing_scenario s JOIN billing_scenarioversion v ON v.scenario_id = s.id AND v.current
    WHERE s.branch_id = %(branch)s AND s.active AND s.id <> %(scenario)s
    UNION ALL SELECT %(scenario)s, %(order)s, %(kinds)s::text[], %(tiers)s::text[], %(products)s::text[],
        %(locked)s::boolean, %(from_amount)s::numeric
"""
TAKEN = f"""
    SELECT count(*), count(*) FILTER (WHERE way.scenario_id = %(scenario)s)
    FROM billing_account a TABLESAMPLE SYSTEM (%(percent)s) REPEATABLE (1)
    JOIN customers_customer c ON c.id = a.customer_id JOIN customers_tier t ON t.id = c.tier_id
    CROSS JOIN LATERAL {PAYS}
    LEFT JOIN LATERAL (
        SELECT scenario_id FROM ({WAYS}) ways WHERE {MEANT} ORDER BY ways."order", ways.scenario_id LIMIT 1
    ) way ON true
    WHERE a.branch_id = %(branch)s AND a.closed_on IS NULL AND c.status <> 'left'
"""  # noqa: S608  pieces of our own
OVERDUE = f"""
    WITH due AS MATERIALIZED (
        SELECT b.account_id, sum(b.open) AS sum FROM billing_bill b JOIN staff_unit u ON u.id = b.branch_id
        WHERE b.branch_id = %(branch)s AND {DUNNED} GROUP BY 1
    )
    SELECT a.currency, count(*), sum(due.sum)
    FROM due JOIN billing_account a ON a.id = due.account_id
    JOIN customers_customer c ON c.id = a.customer_id JOIN customers_tier t ON t.id = c.tier_id
    CROSS JOIN LATERAL {PAYS}
    CROSS JOIN LATERAL (
        SELECT scenario_id FROM ({WAYS}) ways WHERE due.sum >= ways.from_amount AND {MEANT}
        ORDER BY ways."order", ways.scenario_id LIMIT 1
    ) way
    WHERE way.scenario_id = %(scenario)s AND c.status <> 'left'
    GROUP BY 1
"""  # noqa: S608  pieces of our own
ALL = "SELECT count(*) FROM (SELECT FROM billing_account WHERE branch_id = %(branch)s) here"
WHOLE = "SELECT greatest(reltuples, 1) FROM pg_class WHERE oid = 'billing_account'::regclass"


@dataclass(frozen=True)
class Fits:
    """How many accounts, how many of them are overdue today, and with how much."""

    accounts: int
    is_about: bool
    overdue: int
    sum: Sums


def fits(plan: Plan, scenario: Scenario, at: datetime) -> Fits:
    said = plan.whom | {"branch": scenario.branch_id, "scenario": scenario.pk, "order": scenario.order, "at": at}
    with connection.cursor() as cursor:
        cursor.execute(OVERDUE, said)
        late = cursor.fetchall()
        cursor.execute(ALL, said)
        [every] = cursor.fetchone()
        cursor.execute(WHOLE)
        [rows] = cursor.fetchone()
        percent = 100 if every <= SAMPLE else max(100 * SAMPLE / max(rows, every), 0.01)
        cursor.execute(TAKEN, said | {"percent": percent})
        seen, taken = cursor.fetchone()
    accounts = taken if percent == 100 else round(taken * every / max(seen, 1))
    sums = Sums({currency: much for currency, _many, much in late})
    return Fits(accounts, percent < 100, sum(many for _currency, many, _much in late), sums)
