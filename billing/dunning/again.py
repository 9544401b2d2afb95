"""Steps that are taken again: stops that came to nothing, and what was left out for one who had left and is back.

A stop that dunning itself withdrew, because it has to rest, waits until it may go on (`take_again`). One that was
refused, withdrawn by a person or overtaken, or that met no line then, comes again with the plan of a later day
(`plan_again`), as long as there is a line to ask for and none was stopped by it.
"""

from collections.abc import Iterable
from datetime import datetime

from audit.trail import record, request_id
from billing.dunning.dunned import DAY, LINES, PAID_FOR, PROMISED, STOPPED
from billing.dunning.stages import day_of
from billing.models import CaseStep, DunningCase, DunningRules, ServiceRequest

STOPS = "('suspend_one_way', 'suspend_two_way', 'cancel')"
# What the step `last` of a case asked of the billing system, and how often in vain.
ASKED = "billing_servicerequest q WHERE q.case_id = d.id AND q.key LIKE 'dunning:' || last.id || ':%%'"
IN_VAIN = "(q.state = 'refused' OR q.state = 'confirmed' AND q.details ? 'overtaken')"
# A line of the account `a` that the step `last` may stop.
TO_STOP = f"""
    EXISTS (
        SELECT FROM {LINES} WHERE {PAID_FOR}
          AND CASE last.action
              WHEN 'suspend_one_way' THEN l.status = 'active'
              WHEN 'suspend_two_way' THEN l.status IN ('active', 'suspended_one_way')
              ELSE l.status IN ('suspended_one_way', 'suspended_two_way') END
          AND NOT EXISTS (SELECT FROM billing_exemption e WHERE e.line_id = l.id AND e.state = 'approved'
                          AND (e.until IS NULL OR e.until >= {DAY}))
          AND (SELECT count(*) FROM {ASKED} AND q.line_id = l.id AND {IN_VAIN})
              < coalesce((SELECT r.stop_tries FROM billing_dunningrules r WHERE r.branch_id = a.branch_id), %(tries)s))
"""  # noqa: S608  pieces of our own
# Of the open case `d`: its last step, where it is to be taken again, and from which day on.
AGAIN = f"""(
    SELECT last.*, coalesce((SELECT max((q.ended_at AT TIME ZONE u.time_zone)::date) + 1 FROM {ASKED}),
                            d.opened_on) AS on_day
    FROM (
        SELECT s.id, s.state, s.reason, step.id AS step_id, step.n, step.action
        FROM billing_casestep s JOIN billing_scenariostep step ON step.id = s.step_id
        WHERE s.case_id = d.id ORDER BY step.n DESC, s.again DESC LIMIT 1
    ) last
    WHERE c.status <> 'left' AND (last.state = 'left_out' AND last.reason = 'left' OR (
        last.state <> 'planned' AND last.action IN {STOPS} AND {TO_STOP}
        AND NOT EXISTS (SELECT FROM {ASKED} AND (q.state IN ('asked', 'accepted')
                                                 OR q.state = 'confirmed' AND NOT q.details ? 'overtaken'))))
) again"""  # noqa: S608  pieces of our own
OPEN_CASES = f"""
    SELECT d.id, d.account_id, d.branch_id, again.id AS kept_id, again.step_id, again.action, {DAY} AS day
    FROM billing_dunningcase d JOIN staff_unit u ON u.id = d.branch_id JOIN billing_account a ON a.id = d.account_id
    JOIN customers_customer c ON c.id = a.customer_id CROSS JOIN LATERAL {AGAIN}
    WHERE d.state <> 'closed' AND again.on_day <= {DAY} AND NOT {PROMISED} AND NOT {STOPPED}
"""  # noqa: S608  pieces of our own
HELD = f"""
    SELECT id FROM billing_account WHERE id IN (
        SELECT account_id FROM ({OPEN_CASES} AND d.account_id > %(after)s AND d.account_id <= %(upto)s
            AND (%(branch)s::bigint IS NULL OR a.branch_id = %(branch)s)) come)
    ORDER BY id FOR NO KEY UPDATE SKIP LOCKED
"""  # noqa: S608  pieces of our own
PUT_BACK = f"""
    WITH come AS MATERIALIZED ({OPEN_CASES} AND d.account_id = ANY (%(accounts)s)), steps AS (
        UPDATE billing_casestep s SET state = 'planned', planned_for = come.day, look_at = %(at)s, done_at = NULL,
            reason = '', waits_for = ''
        FROM come WHERE s.id = come.kept_id
    ), cases AS (
        UPDATE billing_dunningcase d SET next_step_id = come.step_id, next_on = come.day FROM come WHERE d.id = come.id
    )
    INSERT INTO audit_event (verb, subject_type, subject_id, customer_id, branch_id, request_id, data)
    SELECT 'dunning.step_again', 'billing.dunningcase', come.id, a.customer_id, come.branch_id, %(request)s,
        jsonb_build_object('action', come.action)
    FROM come JOIN billing_account a ON a.id = come.account_id ORDER BY come.id
"""  # noqa: S608  pieces of our own
TRIES = DunningRules._meta.get_field("stop_tries").default


def plan_again(cursor, here: dict, at: datetime) -> int:
    """Plan again what is to be taken again of the accounts `here` (as `planning.plan_some` says which); how many.

    Accounts that somebody holds are left for another day.
    """
    values = here | {"tries": TRIES}
    cursor.execute(HELD, values)
    held = [pk for (pk,) in cursor.fetchall()]
    if not held:
        return 0
    cursor.execute(PUT_BACK, values | {"accounts": held, "at": at, "request": request_id()})
    return cursor.rowcount


def take_again(withdrawn: Iterable[ServiceRequest], at: datetime):
    """The steps that asked for these stops are planned anew, and wait for what keeps dunning from the account.

    The caller holds the accounts and has withdrawn the stops; cases are locked here, after requests and lines.
    """
    actions = {}
    for one in withdrawn:
        actions.setdefault(one.case_id, set()).add(one.action)
    if not actions:
        return
    cases = DunningCase.objects.open().filter(pk__in=actions).select_related("branch", "account").order_by("pk")
    for case in cases.select_for_update(of=("self",), no_key=True):
        done = case.steps.filter(state=CaseStep.State.DONE, step__action__in=actions[case.pk])
        if one := done.select_related("step").order_by("-step__n").first():
            _take_again(case, one, at)


def _take_again(case, one, at):
    day = day_of(case, at)
    anew = {"state": CaseStep.State.PLANNED, "planned_for": day, "look_at": at, "done_at": None}
    CaseStep.objects.filter(pk=one.pk).update(**anew)
    if not case.steps.filter(step__n__gt=one.step.n).exists():
        case.next_step, case.next_on = one.step, day
        case.save(update_fields=["next_step", "next_on"])
    record(case, "dunning.step_again", by=None, action=one.step.action)
