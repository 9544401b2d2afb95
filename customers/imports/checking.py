"""The dry run: a range of the file is read, staged and judged in one transaction. Nothing else is written."""

from itertools import islice

from django.db import connection

from customers.models import Import, ImportLine, ImportRow

from . import ranges, recipes
from .intake import source_of
from .subjects import subject

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
        _keep(run, batch, drafts)
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
    known = mapping.subject.known(batch, mapping)
    return [mapping.draft(row, known) for row in rows]


def _keep(run, batch, drafts):
    about = subject(batch.subject)
    values = ranges.values(batch, first=drafts[0].n, checking=True)
    with connection.cursor() as cursor:
        ranges.begin(cursor, batch)
        about.stage(batch, drafts)
        ranges.add_counts(run, about.judge(cursor, values))
        about.keep(cursor, values)
