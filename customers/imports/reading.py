"""A text table from a file nobody vouches for: its encoding, its separator, its rows, with flat memory.

Positions are byte offsets at the beginning of a row, so that reading goes on where a killed job stopped.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from charset_normalizer import from_bytes
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

SAMPLE = 64 * 1024
LONGEST_LINE = 256 * 1024  # bytes of one physical line
MOST_COLUMNS = 200
MOST_SHOWN = 4_000  # bytes of a row that cannot be taken apart
MOST_LINES_OF_A_ROW = 50  # a quoted cell may span lines; beyond this the quote was never closed
SEPARATORS = ",;\t|"
BROKEN = "\ufffd"  # stands for bytes that are no text in the file's encoding
CONTROLS = bytes(set(range(32)) - set(b"\t\n\r\f"))  # characters that no table holds
BOMS = [(b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")]
NOT_TEXT = {b"PK\x03\x04": "xlsx", b"\xd0\xcf\x11\xe0": "xls", b"%PDF": "pdf", b"\x1f\x8b": "gzip"}


@dataclass
class Record:
    """One row: its number as a spreadsheet counts, its cells (None where they cannot be told apart), its place."""

    n: int
    cells: list | None
    start: int
    end: int


def encoding_of(head: bytes) -> str:
    """The encoding of a file by its first bytes. Raises ValidationError for what is not text."""
    for magic, kind in NOT_TEXT.items():
        if head.startswith(magic):
            raise ValidationError(_("This is a %(kind)s file. Save it as CSV and choose that.") % {"kind": kind})
    for bom, name in BOMS:
        if head.startswith(bom):
            return name
    if guessed := _wide(head):
        return guessed
    if b"\0" in head or len(head.translate(None, CONTROLS)) < len(head) * 0.99:
        raise ValidationError(_("This is not a text file."))
    return next((name for name in ("utf-8", "gb18030") if _decodes(head, name)), None) or _guess(head)


def _wide(head):
    """UTF-16 without a mark: every other byte of Latin letters and separators is zero."""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if even + odd < 8:
        return None
    if odd > len(head) * 0.2 and even < odd / 20:
        return "utf-16-le"
    return "utf-16-be" if even > len(head) * 0.2 and odd < even / 20 else None


def _decodes(head, name):
    """Whether the bytes are text in this encoding; the last character may be cut off."""
    try:
        head[: len(head) - 4].decode(name)
    except UnicodeDecodeError as error:
        return error.start >= len(head) - 8
    try:
        head.decode(name)
    except UnicodeDecodeError as error:
        return len(head) >= SAMPLE and error.start >= len(head) - 8
    return True


def _guess(head):
    """Neither clean UTF-8 nor clean GB18030: whichever has fewer broken places; a stranger's encoding is a sentence."""
    broken = {name: head.decode(name, "replace").count(BROKEN) for name in ("utf-8", "gb18030")}
    best = min(broken, key=broken.get)
    if broken[best] * 50 <= len(head):
        return best
    guess = from_bytes(head).best()
    named = guess.encoding if guess else "?"
    raise ValidationError(
        _("The text looks like %(encoding)s. Save the file as UTF-8 and choose that.") % {"encoding": named}
    )


def separator_of(text: str) -> str:
    """The separator that parts the first rows most evenly; the comma where nothing parts them."""
    return max(SEPARATORS, key=lambda separator: _evenness(text, separator))


def _evenness(text, separator):
    lines = text.splitlines()[:30]
    try:
        widths = [len(row) for row in csv.reader(lines, delimiter=separator) if row]
    except csv.Error:
        return (0, 0)
    if not widths or widths[0] < 2:
        return (0, 0)
    return (widths.count(widths[0]) / len(widths), widths[0])


class Source:
    """An opened file that is read row by row from any offset."""

    def __init__(self, file: BinaryIO, encoding: str, separator: str):
        self.file, self.encoding, self.separator = file, encoding, separator

    def header(self) -> Record:
        """The first row; raises ValidationError when there is none, or one that cannot be a header."""
        self.file.seek(3 if self.encoding == "utf-8-sig" else 0)
        first = next(self._records(self.file.tell(), 1), None)
        if first is None or first.cells is None or not any(first.cells):
            raise ValidationError(_("The file is empty, or its first row does not name the columns."))
        if len(first.cells) > MOST_COLUMNS:
            raise ValidationError(
                _("The file has %(columns)s columns; at most %(most)s are read.")
                % {"columns": len(first.cells), "most": MOST_COLUMNS}
            )
        return first

    def rows(self, offset: int, n: int) -> Iterator[Record]:
        """Rows from `offset` on, the next one being number `n`. Empty rows are passed over but counted."""
        return (record for record in self._records(offset, n) if record.cells is None or any(record.cells))

    def text(self, record: Record) -> str:
        """A row as it stands in the file, cut where it is too long for a cell."""
        self.file.seek(record.start)
        raw = self.file.read(min(record.end - record.start, MOST_SHOWN))
        return raw.decode("utf-8" if self.encoding == "utf-8-sig" else self.encoding, "replace").strip()

    def _records(self, offset, n):
        while (record := self._record(offset, n)) is not None:
            yield record
            offset, n = record.end, n + 1

    def _record(self, offset, n):
        self.file.seek(offset)
        lines = _Lines(self.file, self.encoding)
        try:
            cells = next(csv.reader(lines, delimiter=self.separator), None)
        except csv.Error:
            return Record(n, None, offset, lines.after_first)
        if cells is None:
            return None
        return Record(n, [cell.strip() for cell in cells], offset, self.file.tell())


class _Lines:
    """Physical lines of one row as text; refuses (csv.Error) what no row can be."""

    def __init__(self, file, encoding):
        self.file, self.count, self.after_first = file, 0, 0
        self.encoding = "utf-8" if encoding == "utf-8-sig" else encoding

    def __iter__(self):
        return self

    def __next__(self):
        raw = self.file.readline(LONGEST_LINE)
        if not raw:
            raise StopIteration
        self.count += 1
        if len(raw) == LONGEST_LINE and not raw.endswith(b"\n"):
            _skip_line(self.file)
            raw = None
        if self.count == 1:
            self.after_first = self.file.tell()
        if raw is None or self.count > MOST_LINES_OF_A_ROW:
            raise csv.Error
        return raw.decode(self.encoding, "replace")


def _skip_line(file):
    while (rest := file.readline(LONGEST_LINE)) and not rest.endswith(b"\n"):
        pass
