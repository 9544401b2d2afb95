"""What the page of an import shows of its file: the first rows as they stand, and the checked rows by class."""

from itertools import islice

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from customers.models import Customer, ImportRow
from customers.numbers import mask_document
from staff.scope import scope_of

from .fields import BY_CODE
from .intake import source_of
from .reasons import notes_of, reasons_of

SAMPLE_ROWS = 5
PAGE = 50
# Of these, what stood there before is shown to whoever brings files in; of the rest, to those who see customers whole.
OPEN = {"tier", "status", "kind", "language", "joined_on", "left_on", "payment_way", "community", "unit"}
MORE_WORDS = {"document": _("ID document"), "phones": _("Contact numbers"), "lines": _("Lines")}


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
    """A page of checked rows of one class as `user` may see them: {"show", "rows", "more", "classes", "notes"}."""
    whole = batch.branch_id in scope_of(user, "customers.view_unmasked").branches
    counts = batch.counts or (batch.run.counts if batch.run else {})
    classes = [(outcome, label, counts.get(outcome, 0)) for outcome, label in ImportRow.Outcome.choices]
    show = query.get("show", "")
    if show not in ImportRow.Outcome.values:
        show = next((name for name in ("error", "duplicate", "update", "create") if counts.get(name)), "unchanged")
    after = query.get("after", "")
    found = ImportRow.objects.filter(batch=batch, outcome=show, n__gt=int(after[:9]) if after.isdecimal() else 0)
    page = list(found.order_by("n")[: PAGE + 1])
    return {
        "show": show,
        "rows": [_row(row, whole) for row in page[:PAGE]],
        "more": page[PAGE - 1].n if len(page) > PAGE else None,
        "classes": classes,
        "checked": sum(count for *_, count in classes),
        "notes": notes_of(counts),
        "failed": counts.get("error", 0) + counts.get("duplicate", 0),
        "good": sum(counts.get(name, 0) for name in ("create", "update")),
    }


def _row(row, whole):
    changed = [(_label(name), old if whole or name in OPEN else "", new) for name, (old, new) in row.changes.items()]
    return {"row": row, "reasons": reasons_of(row), "changes": changed}


def _label(name):
    if name in MORE_WORDS:
        return MORE_WORDS[name]
    return BY_CODE[name].label if name in BY_CODE else Customer._meta.get_field(name).verbose_name
