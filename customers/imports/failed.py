"""The rows that were not brought in, as a file that can be mended and uploaded again."""

from collections.abc import Iterator

from django.db.models import QuerySet
from django.utils import translation

from customers.models import Import, ImportRow
from door.spreadsheet import BOM, line

from .intake import source_of
from .reading import Source
from .reasons import reasons_of
from .recipes import REASON_HEADERS

FAILED = ("error", "duplicate")


def failed_rows(batch: Import) -> QuerySet[ImportRow]:
    return batch.rows.filter(outcome__in=FAILED)


def lines(batch: Import, language: str) -> Iterator[str]:
    """CSV text, row by row: the columns as they came, and the reasons in `language` behind them.

    Raises ValidationError, before the first line, when the file is no longer kept.
    """
    source_of(batch).file.close()  # opened again with the first line: who never asks for one leaves nothing open
    return _lines(batch, language)


def _lines(batch, language):
    source = source_of(batch)
    with source.file, translation.override(language):
        header = source.header()
        reason = header.cells[-1] in REASON_HEADERS
        width = len(header.cells) - reason
        spelled = REASON_HEADERS[1 if language.startswith("zh") else 0]
        yield BOM + line([*header.cells[:width], spelled])
        wanted = failed_rows(batch).order_by("n").iterator(chunk_size=2000)
        yield from _matching(source, header.end, wanted, width, language)


def _matching(source: Source, offset, wanted, width, language):
    row = next(wanted, None)
    for record in source.rows(offset, 2):
        if row is None:
            return
        if record.n == row.n:
            cells = record.cells if record.cells is not None else [source.text(record)]
            with translation.override(language):
                yield line([*(cells + [""] * width)[:width], " ".join(map(str, reasons_of(row)))])
            row = next(wanted, None)
