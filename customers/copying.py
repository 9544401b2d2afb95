"""Rows into PostgreSQL by COPY: the way in for anything that comes by the thousand. Memory stays flat."""

from itertools import islice

from django.db import connection
from psycopg2 import sql

CHUNK = 1000  # rows joined before they go over the wire


def copy_rows(table, columns, rows):
    """COPY an iterable of sequences into `table`. None becomes NULL; anything else its text. Returns the row count."""
    stream = _Stream(rows)
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), names)
    with connection.cursor() as cursor:
        cursor.copy_expert(statement.as_string(cursor.connection), stream, size=1 << 16)
    return stream.count


def reserve(table, count):
    """`count` consecutive ids of a table, taken from its sequence."""
    take = (
        "SELECT min(id), max(id) FROM"
        " (SELECT nextval(pg_get_serial_sequence(%s, 'id')) AS id FROM generate_series(1, %s)) taken"
    )
    if not count:
        return range(0)
    with connection.cursor() as cursor:
        for _ in range(10):
            cursor.execute(take, [table, count])
            first, last = cursor.fetchone()
            if last - first + 1 == count:  # somebody else drew from the sequence meanwhile: draw again
                return range(first, last + 1)
    raise RuntimeError(f"{table}: no {count} consecutive ids to be had")


class _Stream:
    """A file of COPY text made from rows as it is read."""

    def __init__(self, rows):
        self.rows, self.count, self.rest = iter(rows), 0, memoryview(b"")

    def read(self, size):
        if not self.rest:
            chunk = [_line(row) for row in islice(self.rows, CHUNK)]
            self.count += len(chunk)
            self.rest = memoryview("".join(chunk).encode())
        part, self.rest = self.rest[:size], self.rest[size:]
        return part.tobytes()


def _line(row):
    return "\t".join([_text(value) for value in row]) + "\n"


def _text(value):
    if value is None:
        return r"\N"
    text = value if type(value) is str else str(value)
    if "\\" in text or "\n" in text or "\t" in text or "\r" in text:
        text = text.replace("\\", r"\\").replace("\n", r"\n").replace("\t", r"\t").replace("\r", r"\r")
    return text
