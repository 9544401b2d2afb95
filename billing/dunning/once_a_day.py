"""One customer gets at most one message of dunning a day, however many accounts and steps there are."""

from datetime import date

from django.db import connection

from billing.models import CaseStep
from outreach.models import Message

State = Message.State
LOST = (State.FAILED, State.EXPIRED, State.CANCELLED, State.WITHHELD)
ALONE = "SELECT pg_try_advisory_xact_lock(hashtextextended('dunning', %s))"


def written_to(customer: str, day: str, but: str = "NULL::bigint") -> str:
    """SQL: whether a message of dunning, of another step than `but`, was written or sent to the customer on their
    branch's day `day`, or is still to be sent.
    """
    return f"""EXISTS (
        SELECT FROM billing_account o JOIN staff_unit home ON home.id = o.branch_id
        JOIN billing_dunningcase cycle ON cycle.account_id = o.id JOIN billing_casestep s ON s.case_id = cycle.id
        JOIN outreach_message t ON t.id = s.message_id
        WHERE o.customer_id = {customer} AND s.id IS DISTINCT FROM {but}
          AND (s.told_on = {day} AND t.state NOT IN ('failed', 'expired', 'cancelled', 'withheld')
               OR t.state IN ('planned', 'held', 'submitting')
               OR (t.accepted_at AT TIME ZONE home.time_zone)::date = {day}
               OR (t.submitted_at AT TIME ZONE home.time_zone)::date = {day}))"""  # noqa: S608  pieces of our own


HAS_ENOUGH = f"SELECT {written_to('%(customer)s', '%(day)s', '%(but)s')}"


def has_enough(one: CaseStep, day: date) -> bool:
    """Whether the customer of the step gets, or may have got, another message of dunning on the branch's day `day`.

    So it is where somebody else writes to the customer at this moment; until the transaction ends nobody else does.
    """
    customer = one.case.account.customer_id
    with connection.cursor() as cursor:
        cursor.execute(ALONE, [customer])
        [alone] = cursor.fetchone()
        cursor.execute(HAS_ENOUGH, {"customer": customer, "day": day, "but": one.pk})
        [enough] = cursor.fetchone()
    return not alone or enough


def is_superseded(one: CaseStep) -> bool:
    """Whether a later message of the case was written since: the one of this step would say what is past."""
    later = one.case.steps.filter(step__n__gt=one.step.n, message__isnull=False)
    return later.exclude(message__state__in=LOST).exists()
