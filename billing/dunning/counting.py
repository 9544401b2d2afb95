"""What the open cases of a branch come to: counted anew in one statement every few minutes, and kept.

A branch that was never counted is counted by whoever asks. Nothing is added to a sum: each time all of it is computed
from the cases, bills, disputes and promises as they stand.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Sum
from django.utils.translation import gettext_lazy as _

from billing.dunning.dunned import DUNNED
from billing.models import CaseCount, DunningCase, KeptSums
from billing.money import Sums
from jobs import clock
from jobs.registry import job
from jobs.schedule import Every
from staff.models import Unit
from staff.scope import scope_of

RIGHT = "billing.view_dunning"
# Whose customers: of whole branches, of units, of a manager.
WHOSE = "(d.branch_id = ANY (%(branches)s) OR c.unit_id = ANY (%(units)s) OR c.manager_id = %(own)s)"
COUNT = f"""
    SELECT d.branch_id, c.unit_id, c.manager_id, d.state, a.currency, count(*) AS cases, count(p.id) AS promised,
        coalesce(sum(late.sum), 0) AS overdue
    FROM billing_dunningcase d JOIN billing_account a ON a.id = d.account_id
    JOIN customers_customer c ON c.id = a.customer_id
    LEFT JOIN billing_paymentpromise p ON p.account_id = a.id AND p.state = 'open'
    LEFT JOIN LATERAL (
        SELECT sum(b.open) AS sum FROM billing_bill b JOIN staff_unit u ON u.id = b.branch_id
        WHERE b.account_id = a.id AND {DUNNED}
    ) late ON true
    WHERE d.state <> 'closed' AND d.branch_id = ANY (%(among)s) AND {WHOSE}
    GROUP BY 1, 2, 3, 4, 5
"""  # noqa: S608  pieces of our own
KEEP = f"""
    INSERT INTO billing_casecount AS kept (branch_id, unit_id, manager_id, state, currency, cases, promised, overdue)
    SELECT branch_id, unit_id, manager_id, state, currency, sum(cases), sum(promised), sum(overdue)
    FROM (
        ({COUNT})
        UNION ALL
        SELECT branch_id, unit_id, manager_id, state, currency, 0, 0, 0
        FROM billing_casecount WHERE branch_id = ANY (%(branches)s)
    ) each GROUP BY 1, 2, 3, 4, 5
    ON CONFLICT ON CONSTRAINT case_count_key DO UPDATE
        SET cases = excluded.cases, promised = excluded.promised, overdue = excluded.overdue
        WHERE (kept.cases, kept.promised, kept.overdue) <> (excluded.cases, excluded.promised, excluded.overdue)
"""  # noqa: S608  pieces of our own
LIVE = f"""
    SELECT state, currency, sum(cases), sum(promised), sum(overdue) FROM ({COUNT}) each GROUP BY 1, 2
"""  # noqa: S608  pieces of our own


@job(
    "billing.dunning_figures",
    title=_("Count the open cases of dunning"),
    about=_("The figures beside the list of dunning: how many cases stand where, and what is overdue in them."),
    schedule=Every(minutes=5),
    lease=timedelta(minutes=5),
    by_hand=True,
    counts={"branches": _("Branches counted"), "changed": _("Figures that have changed")},
)
def count_open_cases(run):
    """The next branch that has dunned."""
    branch = next_branch(run.cursor.get("after", 0))
    if branch is None:
        return False
    changed = count_cases(branch, clock.now())
    run.cursor = {"after": branch.pk}
    run.count(1, branches=1, changed=changed)
    return True


def next_branch(after: int) -> Unit | None:
    """The first one beyond the id `after` that has ever dunned."""
    dunned = Exists(DunningCase.objects.filter(branch=OuterRef("pk")))
    return Unit.objects.filter(dunned, kind=Unit.Kind.BRANCH, pk__gt=after).order_by("pk").first()


@transaction.atomic
def count_cases(branch: Unit, at: datetime) -> int:
    """Count those of the branch anew, on its day at `at`; how many sums are others than they were."""
    kept = lock(branch)
    with connection.cursor() as cursor:
        cursor.execute(KEEP, {"among": [branch.pk], "branches": [branch.pk], "units": [], "own": None, "at": at})
        changed = cursor.rowcount
    kept.cases_at = at
    kept.save(update_fields=["cases_at"])
    return changed


def lock(branch: Unit) -> KeptSums:
    """Who counts waits for another who does, and counts after them."""
    KeptSums.objects.get_or_create(branch=branch)
    return KeptSums.objects.select_for_update(of=("self",), no_key=True).get(branch=branch)


@dataclass
class OpenCases:
    """`at`: when the oldest of the sums was counted; None for just now."""

    at: datetime | None = None
    stages: Counter = field(default_factory=Counter)  # by the code
    promised: int = 0
    overdue: Sums = field(default_factory=Sums)

    def add(self, state, currency, cases, promised, overdue):
        self.stages[state] += cases
        self.promised += promised
        if overdue:
            self.overdue.add(overdue, currency)


def open_cases(user, branches, at: datetime) -> OpenCases:
    """Of the branches (ids), within the reach of the person. What was never counted is counted now."""
    counted = dict(
        KeptSums.objects.filter(branch__in=branches, cases_at__isnull=False).values_list("branch", "cases_at")
    )
    found = OpenCases(min(counted.values(), default=None))
    for row in _kept(user, counted):
        found.add(*row)
    if never := set(branches) - counted.keys():
        for row in _live(user, never, at):
            found.add(*row)
    return found


def _kept(user, branches):
    rows = CaseCount.objects.visible_to(user).filter(branch__in=branches, cases__gt=0).order_by()
    return rows.values_list("state", "currency").annotate(Sum("cases"), Sum("promised"), Sum("overdue"))


def _live(user, branches, at):
    with connection.cursor() as cursor:
        cursor.execute(LIVE, {"among": list(branches), "at": at} | reach(user))
        return cursor.fetchall()


def reach(user) -> dict:
    """What WHOSE asks for."""
    scope = scope_of(user, RIGHT)
    return {"branches": list(scope.branches), "units": list(scope.units), "own": user.pk if scope.own else None}
