"""What each step brought in, by the day on which it was done: counted by ranges of days, and kept.

Every hour the days are counted anew that a payment of today may still count for; once a day all of them, so that what
was booked for long ago, taken back, or moved to another unit is found. What was counted is never added to: a day that
is counted twice comes to the same.
"""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.db.models import Min
from django.utils.translation import gettext_lazy as _

from billing.dunning.brought import BROUGHT, KEYS, SUMS
from billing.dunning.counting import lock, next_branch
from billing.dunning.days import day_in
from billing.models import BroughtIn, CaseStep, DunningRules, KeptSums, ScenarioStep
from jobs import clock
from jobs.registry import job
from jobs.schedule import Every
from staff.models import Unit

RANGE = timedelta(days=7)  # counted in one step
RECENT = timedelta(days=31)  # before the last time: the days that are counted every hour, at the least
NAMES = ", ".join(SUMS)
KEEP = f"""
    INSERT INTO billing_broughtin AS kept ({KEYS}, {NAMES})
    SELECT {KEYS}, {", ".join(f"sum({name})" for name in SUMS)}
    FROM (
        WITH each AS MATERIALIZED ({BROUGHT})
        SELECT * FROM each
        UNION ALL
        SELECT branch_id, NULL, NULL, step_id, day, currency, after, {NAMES} FROM each
        UNION ALL
        SELECT {KEYS}, {", ".join("0" for _one in SUMS)} FROM billing_broughtin
        WHERE branch_id = ANY (%(branches)s) AND day >= %(day)s AND day < %(end)s
    ) counted GROUP BY {KEYS}
    ON CONFLICT ON CONSTRAINT brought_in_key DO UPDATE
        SET {", ".join(f"{name} = excluded.{name}" for name in SUMS)}
        WHERE ({", ".join(f"kept.{name}" for name in SUMS)}) <> ({", ".join(f"excluded.{name}" for name in SUMS)})
"""  # noqa: S608  pieces of our own


@job(
    "billing.recovery",
    title=_("Count what dunning brought in"),
    about=_("The sums behind the recovery report: every hour those of the last weeks, once a day all of them."),
    schedule=Every(hours=1),
    lease=timedelta(minutes=5),
    by_hand=True,
    counts={"days": _("Days counted"), "changed": _("Sums that have changed"), "late": _("Of these, of earlier days")},
)
def keep_recovery(run):
    """The next days of the branch, or the next branch."""
    at = clock.now()
    if "day" not in run.cursor:
        return _begin(run, at)
    branch = Unit.objects.get(pk=run.cursor["branch"])
    day, recent = date.fromisoformat(run.cursor["day"]), date.fromisoformat(run.cursor["recent"])
    end = min(day + RANGE, day_in(branch, at) + timedelta(days=1), recent if day < recent else date.max)
    changed = keep_days(branch, day, end)
    run.count((end - day).days, days=(end - day).days, changed=changed, late=changed if day < recent else 0)
    if end <= day_in(branch, at):
        run.cursor |= {"day": str(end)}
    else:
        _end(branch, run)
    return True


def _begin(run, at):
    """Turn to the next branch."""
    branch = next_branch(run.cursor.get("branch", 0))
    if branch is None:
        return False
    kept, _made = KeptSums.objects.get_or_create(branch=branch)
    today, first = day_in(branch, at), first_day(branch)
    recent = day_in(branch, kept.brought_at) - recent_days(branch) if kept.brought_at else date.min
    is_whole = kept.brought_at is None or kept.checked_on != today
    day = first if is_whole else max(first, recent)
    run.cursor = {"branch": branch.pk, "day": str(min(day, today)), "recent": str(recent), "at": at.isoformat()}
    run.cursor |= {"checked": str(today)} if is_whole else {}
    return True


def recent_days(branch: Unit) -> timedelta:
    """Before the last time: the days that are counted every hour, as far back as a payment of today may count for."""
    return max(RECENT, timedelta(days=DunningRules.of(branch).paid_within + 1))


def first_day(branch: Unit) -> date:
    """On which a step of the branch was done for the first time, or is kept as done; today where none ever was."""
    first = CaseStep.objects.filter(state="done", step__in=steps_of(branch)).aggregate(Min("done_at"))["done_at__min"]
    kept = BroughtIn.objects.filter(branch=branch).aggregate(Min("day"))["day__min"]
    return min(day_in(branch, first or clock.now()), kept or date.max)


def _end(branch, run):
    """All days are counted as of the moment at which they were begun with."""
    kept = lock(branch)
    kept.brought_at = datetime.fromisoformat(run.cursor["at"])
    if checked := run.cursor.get("checked"):
        kept.checked_on = date.fromisoformat(checked)
    kept.save(update_fields=["brought_at", "checked_on"])
    run.cursor = {"branch": branch.pk}


@transaction.atomic
def keep_days(branch: Unit, day: date, end: date) -> int:
    """Count the days of the branch in [day, end); how many sums are others than they were."""
    lock(branch)
    whose = {"branches": [branch.pk], "units": [], "own": None}
    with connection.cursor() as cursor:
        cursor.execute(KEEP, whose | between(branch, day, end) | {"steps": steps_of(branch), "day": day, "end": end})
        return cursor.rowcount


def keep_all(branch: Unit, at: datetime) -> int:
    """Count every day up to that of `at`, in this process."""
    changed = keep_days(branch, first_day(branch), day_in(branch, at) + timedelta(days=1))
    KeptSums.objects.filter(branch=branch).update(brought_at=at, checked_on=day_in(branch, at))
    return changed


def between(branch: Unit, day: date, end: date) -> dict:
    """The moments of the days of the branch in [day, end), as DONE asks for them."""
    zone = ZoneInfo(branch.time_zone)
    first, last = (datetime.combine(one, time.min, zone) for one in (day, end))
    return {"first": first, "last": last, "zone": branch.time_zone}


def steps_of(branch: Unit) -> list[int]:
    """Those of all versions of its scenarios."""
    return list(ScenarioStep.objects.filter(version__scenario__branch=branch).values_list("pk", flat=True))
