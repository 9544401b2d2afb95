"""What slows a bulk load down, taken away from the tables and put back at the end.

One pass over all rows is far cheaper than a check of each key and a walk down each index for each row.
"""

from contextlib import contextmanager

from django.db import connection

FOREIGN_KEYS = """
    SELECT format('ALTER TABLE %%s DROP CONSTRAINT %%I', c.conrelid::regclass, c.conname),
        format('ALTER TABLE %%s ADD CONSTRAINT %%I %%s', c.conrelid::regclass, c.conname, pg_get_constraintdef(c.oid))
    FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid
    WHERE c.contype = 'f' AND starts_with(t.relname, %(prefix)s) AND pg_has_role(t.relowner, 'USAGE')
    ORDER BY t.relname, c.conname
"""
# Unique ones stay: they are rules. Those by customer stay too: the search index is made while the rows come in.
INDEXES = """
    SELECT format('DROP INDEX %%s', i.indexrelid::regclass), pg_get_indexdef(i.indexrelid)
    FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid
    WHERE NOT i.indisunique AND NOT i.indisexclusion AND starts_with(t.relname, %(prefix)s)
        AND pg_has_role(t.relowner, 'USAGE') AND pg_get_indexdef(i.indexrelid) NOT LIKE '%%(customer_id)'
    ORDER BY t.relname, i.indexrelid
"""


@contextmanager
def unchecked(prefix):
    """Within a transaction: the tables with that prefix take rows unchecked; all rows are checked at the end.

    Does nothing for a role that does not own the tables. A row that points nowhere raises IntegrityError at the end;
    the transaction, and with it what was taken away, is then rolled back.
    """
    taken = [pair for what in (FOREIGN_KEYS, INDEXES) for pair in _pairs(what, prefix)]
    with connection.cursor() as cursor:
        for away, _ in taken:
            cursor.execute(away)
    yield
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET LOCAL maintenance_work_mem = '256MB'")
        for _, back in reversed(taken):
            cursor.execute(back)


def _pairs(what, prefix):
    with connection.cursor() as cursor:
        cursor.execute(what, {"prefix": prefix})
        return cursor.fetchall()
