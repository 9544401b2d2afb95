"""No stop without an announcement of what is owed now: each debt that stops a service has its own (A25, domain 4.3).

The message before a stop asks for all that is owed (`CaseStep.bills`), and names its oldest day of payment (`since`):
with that the bills due on that day are announced. Where the stop is next and another bill has become the oldest,
because what was announced is paid or disputed, that one is announced too, at the age at which the first one was: a
further row of the same step. So is a bill due on an announced day that came only after the message, one that was
disputed then and is dunned again since, and one of which neither the message nor the call came to anything.
"""

from datetime import date, datetime

from audit.trail import request_id
from billing.dunning.again import STOPS
from billing.dunning.dunned import DAY, DUNNED, PROMISED, STOPPED
from billing.models import CaseStep, Reminder, ScenarioStep
from billing.models.dunning import UNSAID

# Whether the message of the step `told` reached nobody, and its call has ended: what they prove is on record by itself.
IN_VAIN = """EXISTS (
    SELECT FROM outreach_message m JOIN work_followup f ON f.id = told.follow_up_id
    WHERE m.id = told.message_id AND m.state IN ('failed', 'expired', 'withheld', 'cancelled')
      AND f.ended_at IS NOT NULL)"""


def unannounced(since: str) -> str:
    """SQL: of the case `d` (its branch `u`) whose next step is `stop`, the message before it where none named all the
    bills of the day of payment `since` yet, with the last row that it has and the day from which it is written again.
    """
    return f"""(
        SELECT notice.id AS step_id, notice.n, told.state, told.again, greatest(
            (SELECT max((s.done_at AT TIME ZONE u.time_zone)::date) + 1 FROM billing_casestep s WHERE s.case_id = d.id),
            CASE WHEN notice.counts_from = 'due' THEN {since} + notice.days::int END) AS on_day
        FROM (
            SELECT id, n, counts_from, days FROM billing_scenariostep
            WHERE version_id = stop.version_id AND n < stop.n AND action = 'message' ORDER BY n DESC LIMIT 1
        ) notice CROSS JOIN LATERAL (
            SELECT state, again, recorded, message_id, follow_up_id FROM billing_casestep
            WHERE case_id = d.id AND step_id = notice.id ORDER BY again DESC LIMIT 1
        ) told
        WHERE stop.action IN {STOPS} AND (told.state <> 'done' OR told.recorded OR {IN_VAIN}) AND NOT EXISTS (
            SELECT FROM billing_casestep s JOIN billing_reminder r ON r.step_id = s.id
            WHERE s.case_id = d.id AND s.step_id = notice.id AND s.since = {since} AND NOT EXISTS ({UNSAID}))
    ) anew"""  # noqa: S608  pieces of our own


OPEN_CASES = f"""
    SELECT d.id, d.account_id, d.branch_id, a.customer_id, anew.step_id, anew.again + 1 AS again, {DAY} AS day
    FROM billing_dunningcase d JOIN billing_scenariostep stop ON stop.id = d.next_step_id AND stop.action IN {STOPS}
    JOIN staff_unit u ON u.id = d.branch_id JOIN billing_account a ON a.id = d.account_id
    JOIN customers_customer c ON c.id = a.customer_id
    CROSS JOIN LATERAL (
        SELECT min(b.due_on) AS since FROM billing_bill b WHERE b.account_id = d.account_id AND {DUNNED}
    ) owed
    CROSS JOIN LATERAL {unannounced("owed.since")}
    WHERE d.state <> 'closed' AND c.status <> 'left' AND owed.since IS NOT NULL AND anew.state <> 'planned'
      AND anew.on_day <= {DAY} AND NOT {PROMISED} AND NOT {STOPPED}
"""  # noqa: S608  pieces of our own
HELD = f"""
    SELECT id FROM billing_account WHERE id IN (
        SELECT account_id FROM ({OPEN_CASES} AND d.account_id > %(after)s AND d.account_id <= %(upto)s
            AND (%(branch)s::bigint IS NULL OR a.branch_id = %(branch)s)) come)
    ORDER BY id FOR NO KEY UPDATE SKIP LOCKED
"""  # noqa: S608  pieces of our own
PLAN_ANEW = f"""
    WITH come AS MATERIALIZED ({OPEN_CASES} AND d.account_id = ANY (%(accounts)s)), planned AS (
        INSERT INTO billing_casestep (case_id, step_id, again, planned_for, look_at)
        SELECT id, step_id, again, day, %(at)s FROM come ORDER BY account_id
        ON CONFLICT DO NOTHING
        RETURNING case_id
    )
    INSERT INTO audit_event (verb, subject_type, subject_id, customer_id, branch_id, request_id, data)
    SELECT 'dunning.step_again', 'billing.dunningcase', come.id, come.customer_id, come.branch_id, %(request)s,
        jsonb_build_object('action', 'message')
    FROM come JOIN planned ON planned.case_id = come.id ORDER BY come.id
"""  # noqa: S608  pieces of our own


def plan_anew(cursor, here: dict, at: datetime) -> int:
    """Plan the announcements of what is left of the accounts `here` (as `planning.plan_some` says which); how many.

    Accounts that somebody holds are left for another day; until then their stops wait.
    """
    cursor.execute(HELD, here)
    held = [pk for (pk,) in cursor.fetchall()]
    if not held:
        return 0
    cursor.execute(PLAN_ANEW, here | {"accounts": held, "at": at, "request": request_id()})
    return cursor.rowcount


def announced(stop: CaseStep, since: date | None) -> Reminder | None:
    """The last reminder that the message before `stop` named every bill that is owed `since` that day of payment."""
    earlier = ScenarioStep.objects.filter(version=stop.step.version_id, n__lt=stop.step.n)
    notice = earlier.filter(action=ScenarioStep.Action.MESSAGE).order_by("-n").first()
    return _reminders(stop.case_id, notice, since).select_related("step").order_by("-at").first()


def is_named(one: CaseStep, since: date | None) -> bool:
    """Whether an earlier row of this message named it already: what was to be announced besides is settled since."""
    return one.again > 0 and _reminders(one.case_id, one.step_id, since).exists()


def _reminders(case, notice, since):
    return Reminder.objects.naming(since).filter(step__case=case, step__step=notice)
