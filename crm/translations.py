"""The catalogue of messages without GNU gettext: what the sources say, what the catalogue knows, what is wrong.

Messages come from calls such as `_("…")` in Python and `{% translate %}` and `{% blocktranslate %}` in templates.
English is the language of the sources and needs no catalogue.
"""

import ast
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polib
from django.apps import apps
from django.conf import settings
from django.utils.translation.template import templatize

# How each function takes its arguments: c the context, m the message, p its plural.
KINDS = {"gettext": "m", "ngettext": "mp", "pgettext": "cm", "npgettext": "cmp"}
CALLS = {"_": "m", "_now": "m", "gettext_noop": "m"} | KINDS | {f"{name}_lazy": kind for name, kind in KINDS.items()}
TEXT = r"""u?(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
CALL_IN_TEMPLATE = re.compile(rf"\b({'|'.join(['_', *KINDS])})\(({TEXT}(?:, ?{TEXT})*)(?:, ?count)?\)")
PLACEHOLDER = re.compile(r"%\((\w+)\)[a-z]|\{(\w*)\}")


@dataclass(frozen=True, order=True)
class Message:
    text: str
    context: str = ""
    plural: str = ""


def collect() -> set[Message]:
    """Every message that the product's own sources can show."""
    found = set()
    for path in files(".py"):
        found.update(in_python(path.read_text()))
    for path in files(".html", ".txt"):
        found.update(in_template(path.read_text()))
    return found


def files(*endings: str) -> Iterator[Path]:
    own = [Path(app.path) for app in apps.get_app_configs() if Path(app.path).parent == settings.BASE_DIR]
    for folder in [*own, *(Path(folder) for folder in settings.TEMPLATES[0]["DIRS"])]:
        yield from (path for path in sorted(folder.rglob("*")) if path.suffix in endings)


def in_python(source: str) -> Iterator[Message]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and called(node) in CALLS:
            kind = CALLS[called(node)]
            texts = [one.value for one in node.args[: len(kind)] if isinstance(one, ast.Constant)]
            if len(texts) == len(kind):
                yield message(kind, texts)


def called(node: ast.Call) -> str:
    return getattr(node.func, "id", None) or getattr(node.func, "attr", "")


def in_template(source: str) -> Iterator[Message]:
    for name, arguments in CALL_IN_TEMPLATE.findall(templatize(source)):
        yield message(CALLS[name], [ast.literal_eval(text) for text in re.findall(TEXT, arguments)])


def message(kind: str, texts: list[str]) -> Message:
    named = dict(zip(kind, texts, strict=True))
    return Message(named["m"], named.get("c", ""), named.get("p", ""))


class Catalogue:
    """The messages of one language."""

    def __init__(self, path: Path):
        self.path = path
        self.file = polib.pofile(str(path), check_for_duplicates=True)
        self.entries = {(entry.msgid, entry.msgctxt or ""): entry for entry in self.file if not entry.obsolete}

    def add(self, messages: set[Message]) -> int:
        """Add what is missing, untranslated, and keep the file sorted."""
        new = [one for one in messages if (one.text, one.context) not in self.entries]
        for one in new:
            entry = polib.POEntry(msgid=one.text, msgctxt=one.context or None, msgid_plural=one.plural)
            if one.plural:
                entry.msgstr_plural = {0: ""}
            self.file.append(entry)
        self.file.sort(key=lambda entry: (entry.msgid, entry.msgctxt or ""))
        self.file.save()
        return len(new)

    def faults(self, messages: set[Message]) -> list[str]:
        """A sentence for every message a reader of this language would not get right."""
        found = (self._fault(one) for one in sorted(messages))
        return [fault for fault in found if fault]

    def _fault(self, one):
        entry = self.entries.get((one.text, one.context))
        if entry is None:
            return f"missing: {one.text!r}"
        said = list(entry.msgstr_plural.values()) or [entry.msgstr]
        if not all(said):
            return f"untranslated: {one.text!r}"
        if entry.fuzzy:
            return f"fuzzy: {one.text!r}"
        if one.plural and not entry.msgid_plural:
            return f"has no plural: {one.text!r}"
        wrong = [text for text in said if placeholders(text) != placeholders(one.plural or one.text)]
        return f"other placeholders: {one.text!r} → {wrong[0]!r}" if wrong else None

    def unused(self, messages: set[Message]) -> list[str]:
        """Entries no source asks for; some may override Django's own texts."""
        used = {(one.text, one.context) for one in messages}
        return [text for (text, context) in self.entries if (text, context) not in used]

    def compile(self) -> bool:
        """Write the .mo beside the .po in one step, if the .po is newer; whether it did."""
        compiled = self.path.with_suffix(".mo")
        if compiled.exists() and compiled.stat().st_mtime >= self.path.stat().st_mtime:
            return False
        aside = self.path.with_suffix(f".mo.{os.getpid()}")
        self.file.save_as_mofile(str(aside))
        aside.replace(compiled)
        return True


def placeholders(text: str) -> set[str]:
    return {named or braced for named, braced in PLACEHOLDER.findall(text)}


def catalogues() -> list[Catalogue]:
    return [Catalogue(path) for place in settings.LOCALE_PATHS for path in sorted(Path(place).rglob("django.po"))]
