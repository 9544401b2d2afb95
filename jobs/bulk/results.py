"""What became of each row, as the person who asked for it may see it now."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import transaction
from django.http import StreamingHttpResponse
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from audit.trail import record
from door.spreadsheet import BOM, line
from jobs.bulk.lists import List, Shown
from jobs.models import Bulk, BulkRow

PAGE, EXAMPLES, BATCH = 50, 10, 500
S = BulkRow.State
TONES = {S.DONE: "ok", S.FIT: "info", S.LEFT_OUT: "warn", S.REFUSED: "bad", S.STAYS: "warn", S.UNDONE: "plain"}


@dataclass(frozen=True)
class Line:
    """`shown`: None where the record is out of the person's reach by now."""

    row: BulkRow
    shown: Shown | None

    @property
    def tone(self) -> str:
        return TONES.get(self.row.state, "plain")


def lines(of: List, rows: list[BulkRow], user) -> list[Line]:
    shown = of.shown(of.reached(user).filter(pk__in=[row.subject_id for row in rows]), user) if rows else {}
    return [Line(row, shown.get(row.subject_id)) for row in rows]


def page(of: List, bulk: Bulk, user, *, state="", after=0) -> tuple[list[Line], int | None]:
    """The rows of a state, and after which row the next page begins; None for the last."""
    rows = bulk.rows.filter(pk__gt=after).order_by("pk")
    found = list((rows.filter(state=state) if state in S.values else rows)[: PAGE + 1])
    return lines(of, found[:PAGE], user), found[PAGE - 1].pk if len(found) > PAGE else None


def examples(of: List, bulk: Bulk, user) -> list[Line]:
    """Ten of those that can be done."""
    return lines(of, list(bulk.rows.filter(state=S.FIT).order_by("pk")[:EXAMPLES]), user)


def file_answer(of: List, bulk: Bulk, *, by) -> StreamingHttpResponse:
    """All rows as a CSV file."""
    with transaction.atomic():
        text = as_csv(of, bulk, by=by)
    response = StreamingHttpResponse(text, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{bulk.list}-{bulk.pk}.csv"'
    response["Cache-Control"] = "no-store"
    return response


def as_csv(of: List, bulk: Bulk, *, by) -> Iterator[str]:
    """A line for each row: its number, what became of it and why; that it was fetched is recorded."""
    record(bulk, "bulk.downloaded", by=by, list=bulk.list, action=bulk.action)
    header = line([_("Record"), _("What became of it"), _("Reason")])
    return _csv(of, bulk, by, header, get_language())


def _csv(of, bulk, by, header, language):
    """Written out later, in the language in which it was asked for."""
    yield BOM + header
    after, more = 0, True
    while more:
        rows = list(bulk.rows.filter(pk__gt=after).order_by("pk")[:BATCH])
        with override(language):
            text = "".join(map(_cells, lines(of, rows, by)))
        yield text
        more, after = len(rows) == BATCH, rows[-1].pk if rows else 0


def _cells(one):
    name = one.shown.name if one.shown else _("Out of your reach")
    return line([name, str(one.row.get_state_display()), one.row.reason])
