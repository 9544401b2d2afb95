"""Foreign keys of empty tables, taken away and put back: one check of everything is far cheaper than one a row."""

from contextlib import contextmanager

from django.db import connection

FOREIGN_KEYS = """
    SELECT c.conrelid::regclass::text, quote_ident(c.conname), pg_get_constraintdef(c.oid)
    FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid
    WHERE c.contype = 'f' AND starts_with(t.relname, %s) AND pg_has_role(t.relowner, 'USAGE')
    ORDER BY 1, 2
"""


@contextmanager
def keys_checked_at_the_end(prefix):
    """Within a transaction: the tables with that prefix take rows unchecked; all rows are checked at the end.

    Does nothing for a role that does not own the tables. A row that points nowhere raises IntegrityError at the end;
    the transaction, and with it what was taken away, is then rolled back.
    """
    with connection.cursor() as cursor:
        cursor.execute(FOREIGN_KEYS, [prefix])
        keys = cursor.fetchall()
        for table, name, _ in keys:
            cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    yield
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table, name, definition in keys:
            cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")
