"""Mappings: those that ship with the product, those a branch remembers, and what the header words suggest."""

from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from customers.models import ImportMapping, Plan

from . import columns, fields, telco
from .drafts import Draft
from .reading import BROKEN, Record

SHIPPED = {telco.NAME: telco}
REASON_HEADERS = ("Reason", "失败原因")  # of the column that a file of failed rows carries; never a field
GUARD = "'"  # stands before a cell that a spreadsheet would take for a formula
FORMULA = tuple("=+-@|%\t\r＝＋－＠")
INVISIBLE = " \t\r\n\u00a0\u200b\u200c\u200d\u2060\u3000\ufeff"


@dataclass
class Mapping:
    """How the rows of one file are read: by a shipped recipe, or field by field."""

    header: list
    recipe: str = ""
    fields: list = None

    def draft(self, record: Record, known) -> Draft:
        """The row as it will be staged, with every reason why it cannot be taken."""
        draft = Draft(record.n)
        if record.cells is None:
            draft.refuse("broken")
        elif any(BROKEN in cell for cell in record.cells):
            draft.refuse("encoding")
        elif (cells := self._fitted(record.cells)) is None:
            draft.refuse("width", value=len(record.cells), most=len(self.header))
        else:
            self._read(draft, [unguarded(cell) for cell in cells], known)
        draft.close()
        return draft

    def _fitted(self, cells):
        """As many cells as columns; empty ones beyond the last are let go."""
        width = len(self.header)
        if len(cells) < width or any(cells[width:]):
            return None
        return cells[:width]

    def _read(self, draft, cells, known):
        if self.recipe:
            SHIPPED[self.recipe].read(draft, cells[: len(SHIPPED[self.recipe].HEADER)], known)
        else:
            columns.read(draft, cells, self.fields, known)

    @property
    def plans(self):
        """Plans that the recipe brings along: (code, name, English name, kind)."""
        return SHIPPED[self.recipe].PLANS if self.recipe else []


def computes(cell):
    """Whether a spreadsheet might take the cell, or a line of it, for a formula."""
    return any(part.lstrip(INVISIBLE).startswith(FORMULA) for part in (cell, *cell.splitlines()))


def guarded(cell):
    """A cell that a spreadsheet shows and never computes; `unguarded` undoes it when the file comes back."""
    return GUARD + cell if computes(cell) else cell


def unguarded(cell):
    return cell[1:] if cell.startswith(GUARD) and computes(cell[1:]) else cell


def signature(header):
    """The header as it is remembered: bare words, without the reason column of a file of failed rows."""
    return [fields.bare(cell) for cell in header if cell not in REASON_HEADERS]


def fitting(header):
    """Names of the shipped recipes that are made for this header."""
    return [name for name, one in SHIPPED.items() if signature(one.HEADER) == signature(header)]


def suggest(header, branch) -> dict:
    """`Import.columns` for a header: {"recipe", "fields", "day", "name"}; remembered first, then guessed by words."""
    wanted = signature(header)
    kept = ImportMapping.objects.filter(branch=branch, header=wanted).order_by("-pk").first()
    if kept:
        return {"recipe": "", "day": "", **kept.columns, "name": kept.name, "fields": _aligned(header, kept.columns)}
    recipe = next(iter(fitting(header)), "")
    return {"recipe": recipe, "fields": fields.guess(header), "day": "", "name": recipe}


def _aligned(header, kept):
    """Remembered fields laid over a header that may have got a reason column since."""
    remembered = iter(kept.get("fields") or [])
    return ["" if cell in REASON_HEADERS else next(remembered, "") for cell in header]


def remember(branch, header, chosen, name):
    """Keep a mapping for the next file with this header."""
    bare = [field for cell, field in zip(header, chosen["fields"], strict=True) if cell not in REASON_HEADERS]
    kept = {"recipe": chosen["recipe"], "fields": bare, "day": chosen["day"]}
    same = ImportMapping.objects.filter(branch=branch, header=signature(header)).first()
    if same:
        ImportMapping.objects.filter(pk=same.pk).update(columns=kept)
        return
    ImportMapping.objects.update_or_create(
        branch=branch, name=name[:60], defaults={"header": signature(header), "columns": kept}
    )


def named(name, header, branch) -> dict:
    """The mapping of that name, shipped or remembered, for a file with this header."""
    suggested = suggest(header, branch)
    if name in SHIPPED:
        if name not in fitting(header):
            raise ValidationError(_("The columns of the file are not those of the mapping %(name)s.") % {"name": name})
        return suggested | {"recipe": name, "name": name}
    kept = ImportMapping.objects.filter(branch=branch, name=name).first()
    if kept is None:
        raise ValidationError(_("There is no mapping named %(name)s.") % {"name": name})
    if kept.header != signature(header):
        raise ValidationError(_("The columns of the file are not those of the mapping %(name)s.") % {"name": name})
    return {**kept.columns, "name": kept.name, "fields": _aligned(header, kept.columns)}


def check(chosen, header):
    """Raises ValidationError unless the choice can read a customer from a row."""
    if chosen["recipe"]:
        if chosen["recipe"] not in fitting(header):
            raise ValidationError(_("This file is not of that kind."))
        return
    used = [field for field in chosen["fields"] if field]
    if "number" not in used:
        raise ValidationError(_("Say which column holds the customer number."))
    if len(set(used)) < len(used):
        twice = next(field for field in used if used.count(field) > 1)
        raise ValidationError(_("Two columns are %(field)s.") % {"field": fields.BY_CODE[twice].label})
    if {"line_kind", "plan", "options", "contract_end"} & set(used) and not set(columns.LINES_OF) & set(used):
        raise ValidationError(_("Plans and contracts need a column with the numbers of the lines."))


def mapping_of(batch, header) -> Mapping:
    return Mapping(header, batch.columns["recipe"], batch.columns["fields"])


def day_of(batch) -> date:
    return date.fromisoformat(batch.columns["day"])


def plant_plans(mapping, branch):
    """The plans a recipe brings along, withdrawn from sale; twice is once."""
    Plan.objects.bulk_create(
        [
            Plan(branch=branch, code=code, name=name, name_en=english, kind=kind, stage=Plan.Stage.WITHDRAWN)
            for code, name, english, kind in mapping.plans
        ],
        ignore_conflicts=True,
    )
