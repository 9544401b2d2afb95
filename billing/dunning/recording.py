"""What counts as a reminder is put on record, and whoever no message reaches is called (A25, amendment 4).

A message counts once the gateway has taken it. One that failed for good, or found no number, becomes a call; the
reminder is on record when the call is planned and enough attempts have failed for certain, of the message and of the
call together, or when the call was answered. What is in doubt never counts. One that was held back, or whose time
passed, is written anew as soon as the account may be dunned again, unless a later one of the case was written since.
"""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import connection, transaction

from billing.dunning import calling, telling
from billing.dunning.dunned import PROMISED, STOPPED
from billing.dunning.once_a_day import has_enough, is_superseded
from billing.dunning.standing import standings
from billing.models import Account, CaseStep, DunningRules
from outreach.models import Message
from work.models.states import FAILED

BATCH = 500
LOST_AT_ONCE = 20  # whoever pays for one of these accounts waits for all of them
ANEW = {"promise", "dunning_stopped", "changed", "too_late", "no_text"}  # reasons that pass
WITH_IT = ("case__account__customer__unit", "case__account__customer__manager", "case__branch", "step", "message")
State = Message.State
ENDED = (State.FAILED, State.EXPIRED, State.WITHHELD, State.CANCELLED)
# Accounts whose messages were taken, or whose call has come to something, before anybody waits for them.
TAKEN = """
    SELECT DISTINCT c.account_id FROM (
        SELECT s.id, s.case_id FROM billing_casestep s JOIN outreach_message m ON m.id = s.message_id
        WHERE NOT s.recorded AND m.state IN ('accepted', 'delivered') ORDER BY s.message_id LIMIT %(most)s
    ) s JOIN billing_dunningcase c ON c.id = s.case_id
"""
RECORD_TAKEN = """
    WITH taken AS (
        SELECT s.id, s.case_id, c.account_id, m.id AS message_id, m.state,
            least(coalesce(m.accepted_at, m.ended_at), %(at)s) AS at
        FROM billing_casestep s
        JOIN billing_dunningcase c ON c.id = s.case_id JOIN outreach_message m ON m.id = s.message_id
        WHERE c.account_id = ANY (%(accounts)s) AND NOT s.recorded AND m.state IN ('accepted', 'delivered')
        FOR SHARE OF m SKIP LOCKED
    ), noted AS (
        INSERT INTO billing_reminder (account_id, step_id, how, at, message_id, attempts)
        SELECT account_id, id, state, at, message_id, 0 FROM taken
        ON CONFLICT DO NOTHING
    ), awake AS (
        UPDATE billing_casestep s SET look_at = least(s.look_at, %(at)s)
        FROM taken WHERE s.case_id = taken.case_id AND s.state = 'planned' AND s.waits_for = 'reminder'
    )
    UPDATE billing_casestep s SET recorded = true FROM taken WHERE s.id = taken.id
"""
# Attempts that failed for certain: of the message, and of the call that was planned instead.
TRIED = """
    SELECT s.id, s.case_id, c.account_id, s.message_id, s.follow_up_id,
        CASE WHEN m.state = 'failed' THEN (m.reason = 'undelivered')::int
            + (SELECT count(*) FROM outreach_attempt t WHERE t.message_id = m.id AND t.outcome IN ('refused', 'busy'))
            ELSE 0 END
        + (SELECT count(*) FROM work_attempt w WHERE w.follow_up_id = s.follow_up_id AND w.outcome = ANY (%(failed)s))
            AS attempts,
        EXISTS (SELECT FROM work_attempt w WHERE w.follow_up_id = s.follow_up_id AND w.outcome = 'answered') AS reached,
        coalesce(r.attempts, %(usual)s) AS needed
    FROM billing_casestep s
    JOIN billing_dunningcase c ON c.id = s.case_id JOIN outreach_message m ON m.id = s.message_id
    LEFT JOIN billing_dunningrules r ON r.branch_id = c.branch_id
    WHERE NOT s.recorded AND s.follow_up_id IS NOT NULL AND m.state IN ('failed', 'withheld', 'cancelled')
      AND c.state <> 'closed'
"""
CALLED = f"SELECT DISTINCT account_id FROM ({TRIED}) tried WHERE reached OR attempts >= needed"  # noqa: S608
RECORD_CALLED = f"""
    WITH enough AS (
        SELECT * FROM ({TRIED}) tried
        WHERE account_id = ANY (%(accounts)s) AND (reached OR attempts >= needed)
    ), noted AS (
        INSERT INTO billing_reminder (account_id, step_id, how, at, message_id, attempts, follow_up_id)
        SELECT account_id, id, 'attempts', %(at)s, message_id, greatest(attempts, 1), follow_up_id FROM enough
        ON CONFLICT DO NOTHING
    ), awake AS (
        UPDATE billing_casestep s SET look_at = least(s.look_at, %(at)s)
        FROM enough WHERE s.case_id = enough.case_id AND s.state = 'planned' AND s.waits_for = 'reminder'
    )
    UPDATE billing_casestep s SET recorded = true FROM enough WHERE s.id = enough.id
"""  # noqa: S608
# Messages that ended without being taken, of accounts that are dunned at this moment and of cases that have ended.
LOST = f"""
    SELECT s.id, c.account_id, s.message_id FROM billing_casestep s
    JOIN outreach_message m ON m.id = s.message_id JOIN billing_dunningcase c ON c.id = s.case_id
    JOIN billing_account a ON a.id = c.account_id JOIN staff_unit u ON u.id = a.branch_id
    WHERE NOT s.recorded AND s.message_id > %(after)s AND m.state IN ('failed', 'expired', 'withheld', 'cancelled')
      AND (c.state = 'closed' OR s.follow_up_id IS NULL AND NOT {PROMISED} AND NOT {STOPPED})
    ORDER BY s.message_id LIMIT %(most)s
"""  # noqa: S608


@transaction.atomic
def record_taken(at: datetime) -> int:
    """Reminders of messages that the gateway took; how many were put on record."""
    return _record(TAKEN, RECORD_TAKEN, {"at": at, "most": BATCH})


@transaction.atomic
def record_called(at: datetime) -> int:
    """Reminders of customers whom no message reached."""
    usual = DunningRules._meta.get_field("attempts").default
    return _record(CALLED, RECORD_CALLED, {"at": at, "usual": usual, "failed": list(FAILED)})


def _record(found, statement, values):
    with connection.cursor() as cursor:
        cursor.execute(found, values)
        held = _hold(pk for (pk,) in cursor.fetchall())
        cursor.execute(statement, values | {"accounts": held})
        return cursor.rowcount


def _hold(accounts):
    """Those that nobody else holds: whoever holds an account may wait for nothing that is held here."""
    rows = Account.objects.filter(pk__in=list(accounts)).order_by("pk")
    return list(rows.select_for_update(of=("self",), no_key=True, skip_locked=True).values_list("pk", flat=True))


@transaction.atomic
def make_up(after: int, at: datetime) -> tuple[int | None, int]:
    """What follows from messages (ids beyond `after`) that were lost: a call, another message, or nothing any more.

    The last message looked at, None at the end; and of how many accounts they were.
    """
    with connection.cursor() as cursor:
        cursor.execute(LOST, {"at": at, "after": after, "most": LOST_AT_ONCE})
        lost = cursor.fetchall()
    held = _hold(account for _step, account, _message in lost)
    steps = CaseStep.objects.filter(pk__in=[pk for pk, *_rest in lost], case__account__in=held, recorded=False)
    standing = standings(held, at)
    for one in steps.select_related(*WITH_IT).order_by("case__account", "pk"):
        _make_up(one, standing[one.case.account_id], at)
    return (lost[-1][2] if len(lost) == LOST_AT_ONCE else None), len(held)


def _make_up(one, standing, at):
    if one.case.ended_for or (standing.ended and not standing.left):
        one.recorded = True
    elif standing.left or standing.held or one.message.state not in ENDED:
        return
    elif one.message.state in (State.WITHHELD, State.EXPIRED) and one.message.reason in ANEW:
        one.recorded = is_superseded(one)
        _write_anew(one, standing)
    else:
        one.follow_up = calling.call_instead(one, standing, at)
    one.save(update_fields=["recorded", "message", *telling.SAYS, "sum", "follow_up"])


def _write_anew(one, standing):
    if one.recorded or has_enough(one, standing.day):
        return  # never, or tried again
    try:
        one.message, one.sum = telling.write(one, standing), standing.sum
    except ValidationError:
        return  # its template is out of use: tried again
