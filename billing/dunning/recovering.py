"""What the steps of a version brought in: paid within so many days of each, before the next one came (A26)."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import connection

from billing.dunning import words
from billing.dunning.offered import templates_of
from billing.dunning.soundness import rung_of
from billing.models import DunningRules, ScenarioStep, ScenarioVersion
from staff.scope import scope_of

RIGHT = "billing.view_dunning"
CENT = Decimal("0.01")
FEW = 30  # below so many a share says little
WITHIN = (3, 7, 14, 30)
Action = ScenarioStep.Action
# Steps that were done in [%(first)s, %(last)s), each with what came in on its account in its days: from the step up to
# the next one of the case, %(within)s days at the most, and never more than was asked for.
BROUGHT = """
    WITH done AS (
        SELECT cs.id, cs.case_id, cs.step_id, cs.done_at, cs.sum, cs.message_id, cs.follow_up_id, d.account_id,
            lead(cs.done_at) OVER (PARTITION BY cs.case_id ORDER BY cs.done_at, cs.id) AS next_at
        FROM billing_dunningcase d JOIN billing_casestep cs ON cs.case_id = d.id AND cs.state = 'done'
        JOIN billing_account a ON a.id = d.account_id JOIN customers_customer c ON c.id = a.customer_id
        WHERE d.version_id = %(version)s
          AND (a.branch_id = ANY (%(branches)s) OR c.unit_id = ANY (%(units)s) OR c.manager_id = %(own)s)
    ), brought AS (
        SELECT done.*, least(coalesce(came.sum, 0), done.sum) AS paid
        FROM done LEFT JOIN LATERAL (
            SELECT sum(p.amount) AS sum FROM billing_payment p
            WHERE p.account_id = done.account_id AND p.reversed_at IS NULL AND p.at >= done.done_at
              AND p.at < least(done.next_at, done.done_at + make_interval(days => %(within)s))
        ) came ON true
        WHERE done.done_at >= %(first)s AND done.done_at < %(last)s
    )
"""
BY_STEP = f"""{BROUGHT}
    SELECT step_id, count(*), coalesce(sum(sum), 0), count(*) FILTER (WHERE paid > 0), coalesce(sum(paid), 0),
        count(message_id), count(follow_up_id)
    FROM brought GROUP BY 1
"""  # noqa: S608  pieces of our own
BY_MONTH = f"""{BROUGHT}
    SELECT date_trunc('month', done_at AT TIME ZONE %(zone)s)::date, count(*), coalesce(sum(sum), 0),
        count(*) FILTER (WHERE paid > 0), coalesce(sum(paid), 0), count(message_id), count(follow_up_id)
    FROM brought GROUP BY 1 ORDER BY 1 DESC
"""  # noqa: S608  pieces of our own
# Of the cases with a reminder on record: how many have ended paid without a stop confirmed before, and how many not.
BEFORE_STOP = """
    SELECT count(*), count(*) FILTER (WHERE d.ended_for = 'paid' AND d.stopped_at IS NULL),
        count(*) FILTER (WHERE d.stopped_at IS NOT NULL)
    FROM billing_dunningcase d JOIN billing_account a ON a.id = d.account_id
    JOIN customers_customer c ON c.id = a.customer_id
    WHERE d.version_id = %(version)s AND d.opened_at >= %(first)s AND d.opened_at < %(last)s
      AND (a.branch_id = ANY (%(branches)s) OR c.unit_id = ANY (%(units)s) OR c.manager_id = %(own)s)
      AND EXISTS (SELECT FROM billing_casestep s JOIN billing_reminder r ON r.step_id = s.id WHERE s.case_id = d.id)
"""
CASES = f"""{BROUGHT}
    SELECT case_id, sum, paid FROM brought
    WHERE step_id = %(step)s AND case_id > %(after)s ORDER BY case_id LIMIT %(most)s
"""  # noqa: S608  pieces of our own


@dataclass(frozen=True)
class Row:
    """What one step, or the steps of one month, asked for and brought in. `cost` in CNY."""

    label: str
    step: int | None
    month: date | None
    reached: int
    asked: Decimal
    paid: int
    recovered: Decimal
    cost: Decimal

    @property
    def share(self) -> int:
        """Of those reached, in percent."""
        return round(100 * self.paid / self.reached) if self.reached else 0

    @property
    def per_cost(self) -> Decimal | None:
        """What came in for one yuan; None where it cost nothing."""
        return (self.recovered / self.cost).quantize(Decimal("0.1")) if self.cost else None

    @property
    def is_few(self) -> bool:
        return self.reached < FEW


@dataclass(frozen=True)
class Recovery:
    steps: list[Row]
    months: list[Row]
    reminded: int  # cases with a reminder on record
    paid_before: int  # of these: paid, with no suspension before (A26)
    suspended: int

    @property
    def share(self) -> int:
        return round(100 * self.paid_before / self.reminded) if self.reminded else 0

    @property
    def is_few(self) -> bool:
        return self.reminded < FEW


def recovery(user, version: ScenarioVersion, first: datetime, last: datetime, within: int) -> Recovery:
    """Of what the person reaches, of steps done in [first, last). Three queries."""
    branch = version.scenario.branch
    asked, rules = _asked(user, version, first, last, within), DunningRules.of(branch.pk)
    templates = templates_of(branch.pk)
    by_step = {step: facts for step, *facts in _rows(BY_STEP, asked)}
    [(reminded, paid_before, suspended)] = _rows(BEFORE_STOP, asked)
    return Recovery(
        [
            _row(f"{one.n}. {words.what(rung_of(one), templates)}", by_step.get(one.pk, NONE), rules, step=one.pk)
            for one in version.steps.order_by("n")
        ],
        [
            _row(f"{month:%Y-%m}", facts, rules, month=month)
            for month, *facts in _rows(BY_MONTH, asked | {"zone": branch.time_zone})
        ],
        reminded,
        paid_before,
        suspended,
    )


NONE = (0, Decimal(0), 0, Decimal(0), 0, 0)


def cases_of(user, version, first, last, within, *, step, after=0, most=26) -> list[tuple[int, Decimal, Decimal]]:
    """(case, what was asked for, what came in) of those that the step reached, beyond the case `after`."""
    asked = _asked(user, version, first, last, within)
    return _rows(CASES, asked | {"step": step, "after": after, "most": most})


def _row(label, facts, rules, *, step=None, month=None):
    reached, asked, paid, recovered, messages, tasks = facts
    cost = messages * Decimal(rules.message_cost) + tasks * Decimal(rules.task_cost)  # defaults are texts
    return Row(label, step, month, reached, asked, paid, recovered, cost.quantize(CENT))


def _asked(user, version, first, last, within):
    scope = scope_of(user, RIGHT)
    return {
        "version": version.pk,
        "first": first,
        "last": last,
        "within": within,
        "branches": list(scope.branches),
        "units": list(scope.units),
        "own": user.pk if scope.own else None,
    }


def _rows(query, asked):
    with connection.cursor() as cursor:
        cursor.execute(query, asked)
        return cursor.fetchall()
