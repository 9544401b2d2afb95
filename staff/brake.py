"""How fast one may try to sign in: after some free tries each further one waits longer than the last.

Every try is counted before the password is looked at, so tries made at once count as well. Three counts run side by
side, on the database's clock: the name from this address, the name from anywhere, the address with any name. Names and
addresses are kept as keyed hashes. A wait ends by itself: nobody can lock somebody else out for good.
"""

from django.db import connection, transaction
from django.utils.crypto import salted_hmac

# (free tries, longest wait in seconds); the wait is 1 s after the last free try and doubles with each further one
NAME_HERE = (5, 900)
NAME_ANYWHERE = (20, 10)
ADDRESS = (200, 5)
FORGET_AFTER = "1 hour"

COUNT = """
    INSERT INTO staff_brake AS b (key, tries, next_at, forget_at)
    VALUES (%(key)s, 1, now(), now() + %(forget)s::interval)
    ON CONFLICT (key) DO UPDATE SET
        tries = CASE WHEN b.forget_at <= now() THEN 1 ELSE b.tries + 1 END,
        next_at = now() + CASE
            WHEN b.forget_at <= now() OR b.tries + 1 < %(free)s THEN interval '0'
            ELSE least(%(longest)s, power(2, least(b.tries + 1 - %(free)s, 30))) * interval '1 second'
        END,
        forget_at = now() + %(forget)s::interval
    WHERE b.next_at <= now()
    RETURNING tries
"""
WAIT = "SELECT greatest(1, ceil(extract(epoch FROM next_at - now())))::int FROM staff_brake WHERE key = %s"
UNCOUNT = "UPDATE staff_brake SET tries = greatest(tries - 1, 0) WHERE key = ANY(%s)"
FORGET = "DELETE FROM staff_brake WHERE key = %s"
TIDY = "DELETE FROM staff_brake WHERE forget_at <= now() AND next_at <= now()"


class TooFast(Exception):
    """The next try is allowed in `seconds`."""

    def __init__(self, seconds: int):
        super().__init__(seconds)
        self.seconds = seconds


def count_try(name: str, address: str) -> None:
    """Count one try to sign in as `name` from `address`; raises TooFast when it comes too early."""
    with transaction.atomic(), connection.cursor() as cursor:
        for key, (free, longest) in zip(_keys(name, address), (NAME_HERE, NAME_ANYWHERE, ADDRESS), strict=True):
            cursor.execute(COUNT, {"key": key, "free": free, "longest": longest, "forget": FORGET_AFTER})
            if cursor.fetchone() is None:
                cursor.execute(WAIT, [key])
                raise TooFast(cursor.fetchone()[0])


def forget_try(name: str, address: str) -> None:
    """The try succeeded: it does not count against the person or the address."""
    here, anywhere, from_address = _keys(name, address)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(FORGET, [here])
        cursor.execute(UNCOUNT, [[anywhere, from_address]])


def marks(name: str, address: str) -> dict[str, str]:
    """The same name and the same address look the same in every line of the log, and say nothing else."""
    _here, anywhere, from_address = _keys(name, address)
    return {"name": anywhere[:16], "address": from_address[:16]}


def tidy() -> int:
    """Drop the counts that no longer say anything; how many there were."""
    with connection.cursor() as cursor:
        cursor.execute(TIDY)
        return cursor.rowcount


def _keys(name, address):
    return [
        salted_hmac("staff.brake", "\n".join(parts), algorithm="sha256").hexdigest()
        for parts in (("here", name, address), ("name", name), ("address", address))
    ]
