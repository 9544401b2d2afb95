"""Mappings: those that ship with the product, those a branch remembers, and what the header words suggest."""

from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from customers.models import ImportMapping
from door.spreadsheet import unguarded

from . import fields
from .drafts import Draft
from .reading import BROKEN, Record
from .subjects import Subject, subject

REASON_HEADERS = ("Reason", "失败原因")  # of the column that a file of failed rows carries; never a field


@dataclass
class Mapping:
    """How the rows of one file are read: by a shipped recipe, or field by field."""

    subject: Subject
    header: list
    recipe: str = ""
    fields: list = None

    def draft(self, record: Record, known) -> Draft:
        """The row as it will be staged, with every reason why it cannot be taken."""
        draft = self.subject.draft(record.n)
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
            shipped = self.subject.recipes[self.recipe]
            shipped.read(draft, cells[: len(shipped.HEADER)], known)
        else:
            self.subject.read(draft, cells, self.fields, known)

    @property
    def plans(self):
        """Plans that the recipe brings along: (code, name, English name, kind)."""
        return self.subject.recipes[self.recipe].PLANS if self.recipe else []


def signature(header):
    """The header as it is remembered: bare words, without the reason column of a file of failed rows."""
    return [fields.bare(cell) for cell in header if cell not in REASON_HEADERS]


def fitting(about, header):
    """Names of the shipped recipes of a subject that are made for this header."""
    return [name for name, one in about.recipes.items() if signature(one.HEADER) == signature(header)]


def suggest(about, header, branch) -> dict:
    """`Import.columns` for a header: {"recipe", "fields", "day", "name"}; remembered first, then guessed by words."""
    wanted = signature(header)
    kept = _remembered(about, branch).filter(header=wanted).order_by("-pk").first()
    if kept:
        return {"recipe": "", "day": "", **kept.columns, "name": kept.name, "fields": _aligned(header, kept.columns)}
    recipe = next(iter(fitting(about, header)), "")
    return {"recipe": recipe, "fields": about.fields.guess(header), "day": "", "name": recipe}


def _remembered(about, branch):
    return ImportMapping.objects.filter(subject=about.name, branch=branch)


def _aligned(header, kept):
    """Remembered fields laid over a header that may have got a reason column since."""
    remembered = iter(kept.get("fields") or [])
    return ["" if cell in REASON_HEADERS else next(remembered, "") for cell in header]


def remember(about, branch, header, chosen, name):
    """Keep a mapping for the next file with this header."""
    bare = [field for cell, field in zip(header, chosen["fields"], strict=True) if cell not in REASON_HEADERS]
    kept = {"recipe": chosen["recipe"], "fields": bare, "day": chosen["day"]}
    same = _remembered(about, branch).filter(header=signature(header)).first()
    if same:
        ImportMapping.objects.filter(pk=same.pk).update(columns=kept)
        return
    ImportMapping.objects.update_or_create(
        subject=about.name, branch=branch, name=name[:60], defaults={"header": signature(header), "columns": kept}
    )


def named(about, name, header, branch) -> dict:
    """The mapping of that name, shipped or remembered, for a file with this header."""
    suggested = suggest(about, header, branch)
    if name in about.recipes:
        if name not in fitting(about, header):
            raise ValidationError(_("The columns of the file are not those of the mapping %(name)s.") % {"name": name})
        return suggested | {"recipe": name, "name": name}
    kept = _remembered(about, branch).filter(name=name).first()
    if kept is None:
        raise ValidationError(_("There is no mapping named %(name)s.") % {"name": name})
    if kept.header != signature(header):
        raise ValidationError(_("The columns of the file are not those of the mapping %(name)s.") % {"name": name})
    return {**kept.columns, "name": kept.name, "fields": _aligned(header, kept.columns)}


def check(about, chosen, header):
    """Raises ValidationError unless the choice can read what the subject needs from a row."""
    if chosen["recipe"]:
        if chosen["recipe"] not in fitting(about, header):
            raise ValidationError(_("This file is not of that kind."))
        return
    used = [field for field in chosen["fields"] if field]
    if len(set(used)) < len(used):
        twice = next(field for field in used if used.count(field) > 1)
        raise ValidationError(_("Two columns are %(field)s.") % {"field": about.fields.label(twice)})
    about.check(used)


def mapping_of(batch, header) -> Mapping:
    return Mapping(subject(batch.subject), header, batch.columns["recipe"], batch.columns["fields"])


def day_of(batch) -> date:
    return date.fromisoformat(batch.columns["day"])
