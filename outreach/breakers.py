"""A gateway that fails several times in a row is left in peace for a growing while, by all senders together."""

from datetime import timedelta
from random import uniform

from django.db import connection

from outreach.models import Breaker

PATIENT = 3  # failures in a row before it rests
FIRST_REST, LONGEST_REST = 5, 300  # seconds; twice as long each time
FAR = timedelta(hours=1)  # no rest is longer; a later end was written by a clock that has been set back
RESTS = """
    SELECT FROM outreach_breaker
    WHERE gateway = %s AND rest_until > statement_timestamp() AND rest_until <= statement_timestamp() + %s
"""
FAILED = """
    INSERT INTO outreach_breaker AS b (gateway, channel, failures, last_at)
    VALUES (%s, %s, 1, statement_timestamp())
    ON CONFLICT (gateway) DO UPDATE SET failures = b.failures + 1, last_at = statement_timestamp()
    RETURNING failures
"""


def rests(gateway_name) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(RESTS, [gateway_name, FAR])
        return cursor.rowcount > 0


def note(gateway, *, well, before=1):
    """What one call says of the gateway; a clear refusal of a message speaks for it. `before`: failures known of."""
    if well and not before:
        return
    if well:
        Breaker.objects.filter(gateway=gateway.name, failures__gt=0).update(failures=0, rest_until=None)
        return
    with connection.cursor() as cursor:
        cursor.execute(FAILED, [gateway.name, gateway.channel])
        failures = cursor.fetchone()[0]
        if failures >= PATIENT:
            seconds = min(FIRST_REST * 2 ** min(failures - PATIENT, 10), LONGEST_REST) * uniform(0.75, 1.25)  # noqa: S311
            rest = "UPDATE outreach_breaker SET rest_until = statement_timestamp() + %s WHERE gateway = %s"
            cursor.execute(rest, [timedelta(seconds=seconds), gateway.name])
