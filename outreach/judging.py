"""May this message go out now? Asked in the transaction that claims it, of things as they stand at that moment.

The first rule that says no decides: for good, or until a moment (domain 2.1 nos. 19–22, 4.4).
"""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection
from django.utils import timezone
from django.utils.module_loading import import_string

from outreach.halts import STOPPED
from outreach.hours import common, next_open, windows
from outreach.kinds import Channel, MessageClass, Purpose
from outreach.models import Message, Rules, Wave

HALT_PAUSE = timedelta(minutes=5)  # what a halt or a held wave holds back is looked at again
HAND_PAUSE = timedelta(minutes=1)  # after which nobody has in hand what they have in hand now
DAY = timedelta(days=1)
DEFAULTS = Rules()
NEEDS = {  # class and channel → the purpose the customer must have agreed to
    (MessageClass.MARKETING, Channel.SMS): Purpose.MARKETING_SMS,
    (MessageClass.MARKETING, Channel.EMAIL): Purpose.MARKETING_EMAIL,
    (MessageClass.CARE, Channel.SMS): Purpose.CARE,
    (MessageClass.CARE, Channel.EMAIL): Purpose.CARE,
}
COLUMNS = (
    "service_hours", "care_hours", "marketing_hours",
    "service_per_day", "care_per_week", "marketing_per_week", "marketing_per_month",
)  # fmt: skip
# Who sends to a customer in a class waits for whoever does so at this moment, so that two cannot both be the last one;
# all in one order, so that no two wait for each other.
ALONE = """
    SELECT count(pg_advisory_xact_lock(key)) FROM (
        SELECT DISTINCT hashtextextended('outreach ' || class, customer) AS key
        FROM unnest(%(class)s::text[], %(customer)s::bigint[]) AS m (class, customer) ORDER BY key
    ) keys;
"""
STANDING = f"""
    SELECT statement_timestamp(), c.status, coalesce(nullif(p.zone, ''), u.time_zone),
        p.do_not_disturb_until, p.hours_from, p.hours_to,
        (SELECT word FROM outreach_consent s WHERE s.customer_id = c.id AND s.purpose = m.purpose
         ORDER BY s.id DESC LIMIT 1),
        ARRAY(SELECT o.submitted_at FROM outreach_message o
              WHERE o.customer_id = c.id AND o.message_class = m.message_class AND o.id <> m.id
                AND (o.state IN ('accepted', 'delivered', 'unknown') OR o.state = 'submitting' AND o.in_doubt)
                AND o.submitted_at > statement_timestamp() - interval '30 days'
              ORDER BY o.submitted_at DESC LIMIT 50),
        (SELECT count(*) FROM outreach_message o
         WHERE o.customer_id = c.id AND o.message_class = m.message_class AND o.id <> m.id
           AND o.state = 'submitting' AND NOT o.in_doubt
           AND o.submitted_at > statement_timestamp() - interval '30 days'),
        (SELECT w.state FROM outreach_wave w WHERE w.id = m.wave_id),
        {STOPPED},
        CASE m.channel WHEN 'email' THEN p.email = m.to ELSE EXISTS (
            SELECT FROM customers_identifier i
            WHERE i.customer_id = c.id AND i.kind IN ('contact', 'service') AND i.value = m.to
              AND (i.valid_to IS NULL OR i.valid_to > %(today)s)) END,
        {", ".join(f"r.{name}" for name in COLUMNS)}
    FROM unnest(
        %(message)s::bigint[], %(branch)s::bigint[], %(customer)s::bigint[], %(class)s::text[], %(channel)s::text[],
        %(template)s::bigint[], %(wave)s::bigint[], %(purpose)s::text[], %(to)s::text[]
    ) WITH ORDINALITY AS m (id, branch_id, customer_id, message_class, channel, template_id, wave_id, purpose, "to", n)
    JOIN customers_customer c ON c.id = m.customer_id
    JOIN staff_unit u ON u.id = c.unit_id
    LEFT JOIN outreach_contactpreference p ON p.customer_id = c.id
    LEFT JOIN outreach_rules r ON r.branch_id = c.branch_id
    ORDER BY m.n
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
    in_hand: int  # how many more of its class are being sent, or may be given back
    wave: str | None  # the state of its wave
    halted: bool
    reached: bool  # its number or address is still the customer's
    rules: Rules

    def after(self, more: int) -> "Standing":
        """As it will stand with `more` of its class in hand."""
        return replace(self, in_hand=self.in_hand + more) if more else self


def judge(message: Message) -> No | None:
    """What keeps the message back now; None where it may go. The caller holds the message's row."""
    return judge_all([message])[0]


def judge_all(messages) -> list[No | None]:
    """What keeps each of them back now, in the same order, if those before it go."""
    standings = standings_of(messages)
    pairs = list(zip(messages, standings, strict=True))
    nos = [_first(rule(message, standing) for rule in RULES) for message, standing in pairs]
    _ask_guards(messages, nos, standings[0].at)
    gone = Counter()  # how many of those before it go, by customer and class
    for n, (message, standing) in enumerate(pairs):
        whose = message.customer_id, message.message_class
        nos[n] = nos[n] or _frequency(message, standing.after(gone[whose]))
        gone[whose] += nos[n] is None and message.state != Message.State.UNKNOWN  # that one is counted already
    return nos


def _first(found):
    return next((no for no in found if no), None)


def standings_of(messages) -> list[Standing]:
    values = {
        "message": [message.pk or 0 for message in messages],
        "branch": [message.branch_id for message in messages],
        "customer": [message.customer_id for message in messages],
        "class": [message.message_class for message in messages],
        "channel": [message.channel for message in messages],
        "template": [message.template_id for message in messages],
        "wave": [message.wave_id for message in messages],
        "purpose": [NEEDS.get((message.message_class, message.channel), "") for message in messages],
        "to": [message.to for message in messages],
        "today": timezone.localdate(),
    }
    with connection.cursor() as cursor:
        cursor.execute(ALONE + STANDING, values)
        return [_standing(row) for row in cursor.fetchall()]


def _standing(row):
    facts, rules = row[: -len(COLUMNS)], row[-len(COLUMNS) :]
    return Standing(*facts, DEFAULTS if rules[0] is None else Rules(**dict(zip(COLUMNS, rules, strict=True))))


def _left(message, standing):
    return No("left") if standing.status == "left" else None


def _moved(message, standing):
    return None if standing.reached else No("address_gone")


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
    """Until the oldest of those that fill a period has left it; where only what is in hand fills it, until that has
    been sent or has come back.
    """
    if message.any_time:
        return None
    free = [_free_again(standing, period, most) for period, most in caps(message.message_class, standing.rules)]
    until = max((moment for moment in free if moment), default=None)
    return No("frequency", until) if until else None


def _free_again(standing, period, most):
    if most == 0:
        return standing.at + period
    within = [moment for moment in standing.sent if moment > standing.at - period]
    if len(within) >= most:
        return within[most - 1] + period
    return standing.at + HAND_PAUSE if len(within) + standing.in_hand >= most else None


RULES = (_left, _too_late, _halted, _decided, _moved, _consent, _undisturbed, _hours)  # then guards, then frequency


def _ask_guards(messages, nos, at):
    """What other apps say of those that may go so far (settings.SEND_GUARDS) is put in `nos`.

    A guard of (messages, at) answers {pk of a message: No}. It is asked in the transaction of the claim and may lock
    what it looks at, in the order of ids and without waiting: whoever holds that may be waiting for the message.
    """
    for path in settings.SEND_GUARDS:
        left = [message for message, no in zip(messages, nos, strict=True) if no is None]
        said = import_string(path)(left, at) if left else {}
        for n, message in enumerate(messages):
            nos[n] = nos[n] or said.get(message.pk)
