"""May this message go out now? Asked in the transaction that claims it, of things as they stand at that moment.

The first rule that says no decides: for good, or until a moment (domain 2.1 nos. 19–22, 4.4).
"""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection
from django.utils.module_loading import import_string

from outreach.hours import common, next_open, windows
from outreach.kinds import Channel, MessageClass, Purpose
from outreach.models import Message, Rules, Wave

HALT_PAUSE = timedelta(minutes=5)  # what a halt or a held wave holds back is looked at again
DAY = timedelta(days=1)
DEFAULTS = Rules()
NEEDS = {  # class and channel → the purpose the customer must have agreed to
    (MessageClass.MARKETING, Channel.SMS): Purpose.MARKETING_SMS,
    (MessageClass.MARKETING, Channel.EMAIL): Purpose.MARKETING_EMAIL,
    (MessageClass.CARE, Channel.SMS): Purpose.CARE,
    (MessageClass.CARE, Channel.EMAIL): Purpose.CARE,
}
# Who sends to a customer in a class waits for whoever does so at this moment, so that two cannot both be the last one.
ALONE = "SELECT pg_advisory_xact_lock(hashtextextended('outreach ' || %(class)s, %(customer)s));"
COLUMNS = (
    "service_hours", "care_hours", "marketing_hours",
    "service_per_day", "care_per_week", "marketing_per_week", "marketing_per_month",
)  # fmt: skip
STANDING = f"""
    SELECT statement_timestamp(), c.status, coalesce(nullif(p.zone, ''), u.time_zone),
        p.do_not_disturb_until, p.hours_from, p.hours_to,
        (SELECT word FROM outreach_consent s WHERE s.customer_id = c.id AND s.purpose = %(purpose)s
         ORDER BY s.id DESC LIMIT 1),
        ARRAY(SELECT o.submitted_at FROM outreach_message o
              WHERE o.customer_id = c.id AND o.message_class = %(class)s AND o.id <> %(message)s
                AND o.state IN ('submitting', 'accepted', 'delivered', 'unknown')
                AND o.submitted_at > statement_timestamp() - interval '30 days'
              ORDER BY o.submitted_at DESC LIMIT 50),
        (SELECT w.state FROM outreach_wave w WHERE w.id = %(wave)s),
        EXISTS(SELECT FROM outreach_halt h WHERE h.branch_id = c.branch_id AND h.lifted_at IS NULL
               AND h.channel IN ('', %(channel)s) AND h.message_class IN ('', %(class)s)
               AND (h.template_id IS NULL OR h.template_id = %(template)s)),
        {", ".join(f"r.{name}" for name in COLUMNS)}
    FROM customers_customer c
    JOIN staff_unit u ON u.id = c.unit_id
    LEFT JOIN outreach_contactpreference p ON p.customer_id = c.id
    LEFT JOIN outreach_rules r ON r.branch_id = c.branch_id
    WHERE c.id = %(customer)s
"""  # noqa: S608  names of our own columns


@dataclass(frozen=True)
class No:
    """`until` is None where the message will never go."""

    reason: str
    until: datetime | None = None


@dataclass(frozen=True)
class Standing:
    """What decides about one message at the moment `at`."""

    at: datetime
    status: str
    zone: str
    do_not_disturb_until: datetime | None
    hours_from: time | None
    hours_to: time | None
    word: str | None  # the customer's latest on what the message needs
    sent: list  # when others of its class went to the customer within 30 days, newest first
    wave: str | None  # the state of its wave
    halted: bool
    rules: Rules


def judge(message: Message) -> No | None:
    """What keeps the message back now; None where it may go. The caller holds the message's row."""
    standing = standing_of(message)
    for rule in (_left, _too_late, _halted, _decided, _consent, _undisturbed, _hours, _frequency):
        if found := rule(message, standing):
            return found
    return _guarded(message, standing.at)


def standing_of(message) -> Standing:
    values = {
        "message": message.pk or 0,
        "customer": message.customer_id,
        "class": message.message_class,
        "channel": message.channel,
        "template": message.template_id,
        "wave": message.wave_id,
        "purpose": NEEDS.get((message.message_class, message.channel), ""),
    }
    with connection.cursor() as cursor:
        cursor.execute(ALONE + STANDING, values)
        *facts, sh, ch, mh, s1, c7, m7, m30 = cursor.fetchone()
    rules = DEFAULTS if sh is None else Rules(**dict(zip(COLUMNS, (sh, ch, mh, s1, c7, m7, m30), strict=True)))
    return Standing(*facts, rules)


def _left(message, standing):
    return No("left") if standing.status == "left" else None


def _too_late(message, standing):
    return No("too_late") if message.not_after and message.not_after <= standing.at else None


def _halted(message, standing):
    return No("halted", standing.at + HALT_PAUSE) if standing.halted else None


def _decided(message, standing):
    """A decision about its wave counts at once, also for what has not followed yet; not for what may have arrived."""
    if message.state == Message.State.UNKNOWN:
        return None
    if standing.wave == Wave.State.HELD:
        return No("volume", standing.at + HALT_PAUSE)
    return No("wave_cancelled") if standing.wave == Wave.State.CANCELLED else None


def _consent(message, standing):
    """Marketing needs a yes; care needs that there is no no (2.1 nos. 19 and 21)."""
    if message.message_class == MessageClass.SERVICE or standing.word == "given":
        return None
    if standing.word:
        return No("refused_consent" if standing.word == "refused" else "stopped")
    return No("no_consent") if message.message_class == MessageClass.MARKETING else None


def _undisturbed(message, standing):
    until = standing.do_not_disturb_until
    return No("do_not_disturb", until) if until and until > standing.at and not message.any_time else None


def _hours(message, standing):
    """In the hours of its class, and of these in the customer's own where the two meet at all (2.1 no. 22)."""
    if message.any_time:
        return None
    zone, allowed = ZoneInfo(standing.zone), windows(getattr(standing.rules, f"{message.message_class}_hours"))
    opens = next_open(allowed, zone, standing.at)
    if opens is None or opens > standing.at:
        return No("quiet_hours", opens) if opens else No("never_open")
    if standing.hours_from and (own := common(allowed, [(standing.hours_from, standing.hours_to)])):
        opens = next_open(own, zone, standing.at)
        return No("preferred_hours", opens) if opens and opens > standing.at else None
    return None


def caps(message_class, rules) -> list[tuple[timedelta, int]]:
    """(period, how many may go in it) of a class."""
    return {
        MessageClass.SERVICE: [(DAY, rules.service_per_day)],
        MessageClass.CARE: [(7 * DAY, rules.care_per_week)],
        MessageClass.MARKETING: [(7 * DAY, rules.marketing_per_week), (30 * DAY, rules.marketing_per_month)],
    }[message_class]


def _frequency(message, standing):
    """Until the oldest of those that fill a period has left it."""
    if message.any_time:
        return None
    free = [_free_again(standing, period, most) for period, most in caps(message.message_class, standing.rules)]
    until = max((moment for moment in free if moment), default=None)
    return No("frequency", until) if until else None


def _free_again(standing, period, most):
    if most == 0:
        return standing.at + period
    within = [moment for moment in standing.sent if moment > standing.at - period]
    return within[most - 1] + period if len(within) >= most else None


def _guarded(message, at):
    """What other apps say (settings.SEND_GUARDS): a guard of (message, at) gives a reason for good, or None."""
    for path in settings.SEND_GUARDS:
        if reason := import_string(path)(message, at):
            return No(reason)
    return None
