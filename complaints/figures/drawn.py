"""Figures ready to be drawn: each cell with its words, its number and the address of the list behind it."""

from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import formats
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from complaints.figures.catalogue import FIGURES, IN_ROWS, Figure
from complaints.figures.counting import Counted
from complaints.figures.dimensions import NONE, Dimension

DAY = timedelta(days=1)
LONG = 4 * DAY  # from here on in days


@dataclass(frozen=True)
class Part:
    """A number of complaints, and the list of exactly these."""

    n: int
    url: str


@dataclass(frozen=True)
class Cell:
    """`share`: 0–100 where there is a bar to draw. `of`: what it is a share of."""

    label: Promise
    meaning: Promise
    words: str
    n: Part
    of: Part | None = None
    share: float | None = None
    good: bool | None = None


@dataclass(frozen=True)
class Row:
    name: str
    key: str
    cells: list[Cell]


class Drawer:
    """`kept`: the parameters of the address that narrow all lists."""

    def __init__(self, kept: dict):
        self.kept, self.here = kept, reverse("complaint-figures-list")

    def whole(self, counted: Counted, customers: int) -> list[Cell]:
        return [self._cell(one, counted, customers, {}) for one in FIGURES]

    def rows(self, found: list[Counted], by: str, dimension: Dimension, customers: dict) -> list[Row]:
        names = dimension.named([one.key for one in found])
        return [self._row(one, names[one.key], by, dimension, customers) for one in found]

    def _row(self, counted, name, by, dimension, customers):
        key = NONE if counted.key in (None, "") else str(counted.key)
        of = customers.get(counted.key if dimension.base else None, 0) if dimension.base is not None else 0
        cells = [self._cell(one, counted, of, {"by": by, "row": key}) for one in columns(dimension)]
        return Row(name, key, cells)

    def _cell(self, figure: Figure, counted, customers, row):
        n = self._part(figure.n, counted, row)
        of = self._part(figure.of, counted, row) if figure.of else None
        share = counted.share(figure.n, figure.of) if figure.of else None
        words = _words(figure, counted, customers, share)
        return Cell(figure.label, figure.meaning, words, n, of, share, figure.good)

    def _part(self, code, counted, row):
        return Part(counted.sets[code], f"{self.here}?{urlencode(self.kept | row | {'figure': code})}")


def columns(dimension: Dimension) -> list[Figure]:
    """Rates per customer only where a row has customers."""
    return [one for one in IN_ROWS if not one.per or dimension.base is not None]


def _words(figure, counted, customers, share):
    if figure.time:
        return duration(counted.time(figure.time, figure.share))
    if figure.per:
        return per(counted.sets[figure.n], customers, figure.per)
    if figure.of:
        return percent(share)
    return formats.number_format(counted.sets[figure.n], use_l10n=True, force_grouping=True)


def percent(share: float | None) -> str:
    return "–" if share is None else f"{formats.number_format(round(share, 1), 1)} %"


def per(n: int, customers: int, many: int) -> str:
    return formats.number_format(round(many * n / customers, 1), 1, force_grouping=True) if customers else "–"


def duration(took: timedelta | None) -> str:
    """In hours, long ones in days."""
    if took is None:
        return "–"
    if took >= LONG:
        return _("%(n)s d") % {"n": formats.number_format(round(took / DAY, 1), 1)}
    return _("%(n)s h") % {"n": formats.number_format(round(took / timedelta(hours=1), 1), 1)}
