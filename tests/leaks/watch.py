"""What an answer gave away, and what a request wrote."""

import hashlib

from django.contrib.messages import get_messages
from django.db import connection, transaction

NOT_BUSINESS = {"django_session", "staff_brake", "door_answer"}
WRITTEN = """
    SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables
    WHERE n_tup_ins + n_tup_upd + n_tup_del > 0
"""


def counters():
    with connection.cursor() as cursor:
        cursor.execute(WRITTEN)
        return {table: n for table, n in cursor.fetchall() if table not in NOT_BUSINESS}


def fingerprint(tables):
    """The contents of the tables, whatever the order of their rows."""
    found = {}
    with connection.cursor() as cursor:
        for table in sorted(tables):
            cursor.execute(f'SELECT t::text FROM "{table}" t ORDER BY 1')
            found[table] = hashlib.md5("\n".join(row for (row,) in cursor.fetchall()).encode()).hexdigest()
    return found


def business_tables():
    return {table for table in connection.introspection.table_names() if table not in NOT_BUSINESS}


class Ask:
    """Requests that leave no trace: each runs in a savepoint that is rolled back."""

    def __init__(self):
        self.before, self.counted = fingerprint(business_tables()), counters()

    def __call__(self, client, method, url, body=None, *, kind=None, **headers):
        """The answer, with `answer.wrote`: the tables whose contents the request changed. `kind`: of the body."""
        options = {"headers": headers} | ({"content_type": kind} if kind else {})
        session = dict(client.cookies)
        with transaction.atomic():
            answer = getattr(client, method.lower())(url, body or {}, **options)
            answer.everything = everything_in(answer)
            counted, self.counted = self.counted, counters()  # what is rolled back stays counted
            touched = {table for table, n in self.counted.items() if n != counted.get(table, 0)}
            now = fingerprint(touched)
            answer.wrote = {table for table in touched if now[table] != self.before.get(table)}
            transaction.set_rollback(True)
        client.cookies.clear()
        client.cookies.update(session)
        return answer


def everything_in(answer):
    """Body, headers, cookies and messages as one text."""
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    request = getattr(answer, "wsgi_request", None)
    messages = " ".join(str(message) for message in get_messages(request)) if request else ""
    return f"{body.decode(errors='replace')}\n{answer.headers}\n{answer.cookies}\n{messages}"
