"""What the page of an import shows of its file: the first rows as they stand, and the checked rows by class."""

from itertools import islice

from django.core.exceptions import ValidationError

from customers.models import ImportRow
from customers.numbers import mask_document
from staff.scope import scope_of

from .intake import source_of
from .reasons import notes_of, reasons_of
from .subjects import subject

SAMPLE_ROWS = 5
PAGE = 50


def sample(batch):
    """{"header", "rows"}: the first rows; a column of ID documents is masked. {} when the file is gone."""
    try:
        source = source_of(batch)
    except ValidationError:
        return {}
    with source.file:
        header = source.header()
        records = islice(source.rows(header.end, 2), SAMPLE_ROWS)
        rows = [[_shown(batch, i, cell) for i, cell in enumerate(record.cells or [])] for record in records]
    return {"header": header.cells, "rows": rows}


def _shown(batch, i, cell):
    fields = batch.columns["fields"]
    return mask_document(cell) if cell and i < len(fields) and fields[i] == "document" else cell[:80]


def rows(batch, query, user):
    """A page of checked rows of one class as `user` may see them: {"show", "rows", "more", "classes", "notes", …}."""
    about = subject(batch.subject)
    whole = batch.branch_id in scope_of(user, about.shown_with).branches
    counts = batch.counts or (batch.run.counts if batch.run else {})
    classes = [(outcome, label, counts.get(outcome, 0)) for outcome, label in ImportRow.Outcome.choices]
    show = query.get("show", "")
    if show not in ImportRow.Outcome.values:
        show = next((name for name in ("error", "duplicate", "update", "create") if counts.get(name)), "unchanged")
    after = query.get("after", "")
    found = batch.rows.filter(outcome=show, n__gt=int(after[:9]) if after.isdecimal() else 0)
    page = list(found.order_by("n")[: PAGE + 1])
    return {
        "show": show,
        "subject": about,
        "rows": [_row(row, about, whole) for row in page[:PAGE]],
        "more": page[PAGE - 1].n if len(page) > PAGE else None,
        "classes": classes,
        "checked": sum(count for *_, count in classes),
        "notes": notes_of(counts),
        "failed": counts.get("error", 0) + counts.get("duplicate", 0),
        "good": sum(counts.get(name, 0) for name in ("create", "update")),
    }


def _row(row, about, whole):
    """Of the subject's open fields everybody sees what stood there before, of the rest those who see such records."""
    changed = [
        (about.label(name), old if whole or name in about.open else "", new) for name, (old, new) in row.changes.items()
    ]
    return {"row": row, "reasons": reasons_of(row), "changes": changed}
