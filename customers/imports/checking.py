"""The dry run: a range of the file is read, staged and classed in one transaction. Nothing is written to customers."""

from itertools import islice

from django.db import connection

from customers.copying import copy_rows
from customers.models import Import, ImportLine, ImportRow

from . import ranges, recipes
from .classify import classify, tally
from .drafts import LINE, ROW
from .intake import source_of
from .known import known_to

KEEP = f"""
    INSERT INTO customers_importrow ({", ".join(ROW)}, outcome, customer_id, same_as, changes, brought_in)
    SELECT {", ".join(f"s.{name}" if name != "problems" else "k.problems" for name in ROW)},
        k.outcome, k.customer_id, k.same_as, k.changes, false
    FROM staged s JOIN classed k USING (n) ORDER BY n
"""  # noqa: S608  names of our own columns
CLEAR = """
    DELETE FROM {table}
    WHERE batch_id = %(batch)s AND n BETWEEN (SELECT min(n) FROM staged) AND (SELECT max(n) FROM staged)
"""  # a second run of the same check reads the same rows again
KEEP_LINES = f"INSERT INTO customers_importline ({', '.join(LINE)}) SELECT {', '.join(LINE)} FROM staged_line"  # noqa: S608
MOST_ROWS = 2_000_000  # of one file; what follows is not read, and the page says so


def step(run):
    """Check the next range of rows; whether more remain."""
    batch = ranges.batch_of(run, "checks")
    if batch is None:
        return False
    if not run.cursor:
        _start(run, batch)
    more = _check_range(run, batch)
    if not more:
        batch.state, batch.counts = Import.State.CHECKED, run.counts | {"rows": run.done, "notes": run.cursor["notes"]}
        batch.save(update_fields=["state", "counts"])
    return more


def _start(run, batch):
    """Away with the rows of an earlier check; a first guess of how many rows there are."""
    ImportLine.objects.filter(batch=batch).delete()
    ImportRow.objects.filter(batch=batch).delete()
    source = source_of(batch)
    with source.file as file:
        header = source.header()
        run.total = max(0, sum(chunk.count(b"\n") for chunk in iter(lambda: file.read(1 << 20), b"")))
    run.cursor = {"offset": header.end, "n": 2, "notes": {}}


def _check_range(run, batch):
    source = source_of(batch)
    with source.file:
        mapping = recipes.mapping_of(batch, source.header().cells)
        rows = list(islice(source.rows(run.cursor["offset"], run.cursor["n"]), ranges.size(run)))
    if rows:
        drafts = _drafts(batch, mapping, rows)
        _stage(batch, drafts)
        _keep(run, batch, first=rows[0].n)
        for note in (note for draft in drafts for note in draft.notes):
            run.cursor["notes"][note] = run.cursor["notes"].get(note, 0) + 1
        run.cursor |= {"offset": rows[-1].end, "n": rows[-1].n + 1}
        run.done += len(rows)
    full = len(rows) == ranges.size(run)
    if full and run.done >= MOST_ROWS:
        run.cursor["notes"]["cut_off"] = run.done
        full = False
    run.total = max(run.total or 0, run.done) if full else run.done
    return full


def _drafts(batch, mapping, rows):
    known = known_to(batch.by, batch.branch, recipes.day_of(batch), [code for code, *_ in mapping.plans])
    return [mapping.draft(row, known) for row in rows]


def _stage(batch, drafts):
    ranges.begin(batch)
    copy_rows("staged", ROW, (draft.row(batch.pk) for draft in drafts))
    copy_rows("staged_line", LINE, (line for draft in drafts for line in draft.line_rows(batch.pk)))


def _keep(run, batch, *, first):
    with connection.cursor() as cursor:
        classify(cursor, ranges.values(batch, first=first, checking=True))
        for table in ("customers_importline", "customers_importrow"):
            cursor.execute(CLEAR.format(table=table), {"batch": batch.pk})
        cursor.execute(KEEP)
        cursor.execute(KEEP_LINES)
        ranges.add_counts(run, tally(cursor))
