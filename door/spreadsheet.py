"""CSV that a spreadsheet opens as it is meant: in UTF-8, and without computing anything."""

import csv

BOM = "\ufeff"  # without it a spreadsheet takes UTF-8 for something else
GUARD = "'"  # stands before a cell that a spreadsheet would take for a formula
FORMULA = tuple("=+-@|%\t\r＝＋－＠")
INVISIBLE = " \t\r\n\u00a0\u200b\u200c\u200d\u2060\u3000\ufeff"


def computes(cell):
    """Whether a spreadsheet might take the cell, or a line of it, for a formula."""
    return any(part.lstrip(INVISIBLE).startswith(FORMULA) for part in (cell, *cell.splitlines()))


def guarded(cell):
    """A cell that a spreadsheet shows and never computes; `unguarded` undoes it when the file comes back."""
    return GUARD + cell if computes(cell) else cell


def unguarded(cell):
    return cell[1:] if cell.startswith(GUARD) and computes(cell[1:]) else cell


def line(cells):
    """One line of CSV in which no cell is a formula."""
    return _written.writerow([guarded(cell) for cell in cells])


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, text):
        return text


_written = csv.writer(_Echo())
