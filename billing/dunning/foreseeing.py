"""Computing a dry run: range by range of accounts it is asked what each would meet, and the answers are kept.

Beside the rows of the dry run itself nothing is written.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from billing.dunning.again import TRIES
from billing.dunning.foreseen import FORESEEN
from billing.models import Account, DryRun
from jobs import clock, runs
from jobs.models import Run
from jobs.registry import job
from staff.models import Unit

JOB = "billing.dry_run"
RANGE = 10_000  # accounts that owe something, asked in one step
KEPT = timedelta(hours=12)  # that of another day; of the same day one replaces the other
FRESH = timedelta(minutes=15)  # so long one is shown without being made anew
UPTO = """
    SELECT max(id), count(*) FROM (
        SELECT id FROM billing_account WHERE branch_id = %(branch)s AND owed > 0 AND id > %(after)s
        ORDER BY id LIMIT %(most)s
    ) next_ones
"""
KEEP = f"""{FORESEEN}
    INSERT INTO billing_foreseen (dry_run_id, account_id, step_id, tier_id, reason, sum, since)
    SELECT %(dry_run)s, account_id, step_id, tier_id, coalesce(reason, ''), coalesce(sum, 0), since
    FROM foreseen ORDER BY account_id
    ON CONFLICT DO NOTHING
"""  # noqa: S608  pieces of our own
COUNT = """
    INSERT INTO billing_foreseencount
        (dry_run_id, unit_id, manager_id, step_id, tier_id, reason, currency, accounts, sum)
    SELECT f.dry_run_id, c.unit_id, c.manager_id, CASE WHEN f.reason = '' THEN f.step_id END, f.tier_id, f.reason,
        a.currency, count(*), sum(f.sum)
    FROM billing_foreseen f JOIN billing_account a ON a.id = f.account_id
    JOIN customers_customer c ON c.id = a.customer_id
    WHERE f.dry_run_id = %s GROUP BY 1, 2, 3, 4, 5, 6, 7
"""


@job(
    JOB,
    title=_("Dry run of dunning"),
    about=_("Finds out whom the steps of a day would meet, without doing any of them."),
    lease=timedelta(minutes=5),
    counts={"accounts": _("Accounts asked")},
)
def foresee_branch(run):
    """The next accounts of the branch; at the end the counts."""
    if "dry_run" not in run.cursor:
        return _begin(run)
    made = DryRun.objects.get(pk=run.cursor["dry_run"])
    upto, many = keep_some(made, run.cursor["after"])
    if upto is None:
        finish(made, clock.now())
        return False
    run.cursor |= {"after": upto}
    run.count(many, accounts=many)
    return True


def _begin(run):
    branch = Unit.objects.get(pk=run.params["branch"])
    made = begin(branch, date.fromisoformat(run.params["day"]), branch.today())
    run.cursor = {"dry_run": made.pk, "after": 0}
    run.total = Account.objects.filter(branch=branch, owed__gt=0).count()
    return True


def begin(branch: Unit, day: date, today: date) -> DryRun:
    """An empty one, to be filled by `keep_some` and closed by `finish`."""
    return DryRun.objects.create(branch=branch, day=day, today=today)


def keep_some(made: DryRun, after: int) -> tuple[int | None, int]:
    """Ask the next accounts beyond the id `after`; up to which account it came (None: there was none), how many."""
    asked = {"branch": made.branch_id, "after": after, "most": RANGE, "dry_run": made.pk, "tries": TRIES}
    days = {"day": made.day, "today": made.today, "at": noon(made.branch, made.day)}
    with connection.cursor() as cursor:
        cursor.execute(UPTO, asked)
        upto, many = cursor.fetchone()
        if upto is not None:
            cursor.execute(KEEP, asked | days | {"upto": upto})
    return upto, many


def finish(made: DryRun, at: datetime):
    """Count, let it be seen, and let go of those it replaces."""
    with connection.cursor() as cursor:
        cursor.execute(COUNT, [made.pk])
    DryRun.objects.filter(pk=made.pk).update(made_at=at)
    others = DryRun.objects.filter(branch=made.branch_id).exclude(pk=made.pk)
    (others.filter(day=made.day, made_at__isnull=False) | others.filter(begun_at__lt=at - KEPT)).delete()


@transaction.atomic
def foresee(branch: Unit, day: date, *, today: date | None = None, at: datetime | None = None) -> DryRun:
    """The whole at once, in this process."""
    made, upto = begin(branch, day, today or branch.today()), 0
    while upto is not None:
        upto, _many = keep_some(made, upto)
    finish(made, at or timezone.now())
    made.refresh_from_db()
    return made


def noon(branch: Unit, day: date) -> datetime:
    """A moment of that day of the branch."""
    return datetime.combine(day, time(12), ZoneInfo(branch.time_zone))


@dataclass(frozen=True)
class Known:
    """What there is of a day: the last dry run that is complete, and the last run that makes one."""

    made: DryRun | None
    run: Run | None

    @property
    def is_coming(self) -> bool:
        return bool(self.run and self.run.is_open)

    @property
    def failed(self) -> bool:
        """The last attempt at it, and nobody has asked again."""
        return bool(self.run and self.run.is_broken_off)

    def is_due(self, at: datetime, changed_at: datetime | None) -> bool:
        """Whether it is made anew by itself: there is none, it is old, or dunning was run at `changed_at` since."""
        if self.is_coming or self.failed:
            return False
        made_at = self.made and self.made.made_at
        return not made_at or made_at < at - FRESH or bool(changed_at and made_at < changed_at)


def known(branch: Unit, day: date) -> Known:
    made = DryRun.objects.filter(branch=branch, day=day, today=branch.today(), made_at__isnull=False)
    return Known(made.order_by("-made_at").first(), _last_run(branch, day))


def ask(branch: Unit, day: date, *, by) -> Run:
    """The run that makes it anew: the one under way, or the next; asked by many at the same time it is one."""
    last = _last_run(branch, day)
    if last and last.is_open:
        return last
    key = f"dry run {branch.pk} {day} after {last.pk if last else 0}"
    return runs.ask(JOB, key=key, params={"branch": branch.pk, "day": str(day)}, by=by, branch_id=branch.pk)


def _last_run(branch, day):
    return Run.objects.filter(job=JOB, key__startswith=f"dry run {branch.pk} {day} ").order_by("-pk").first()
