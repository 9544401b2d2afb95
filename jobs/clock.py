"""One clock for leases, claims and slots: the database's. What a worker's own clock says does not matter."""

from django.db import connection


def now():
    """The database's time, also inside a long transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement_timestamp()")
        return cursor.fetchone()[0]
