"""Rows of a file whose columns were mapped to fields by a person or by their headers."""

from customers.numbers import document_hash, mask_document

from . import meanings, values
from .customer_fields import LINE_FIELDS
from .drafts import taking

LINES_OF = ("line", "mobile", "broadband", "fixed")


def read(draft, cells, mapped, known):
    """Fill the draft from the cells by the field each column is mapped to ("" is passed over)."""
    about_lines = {}
    for code, cell in zip(mapped, cells, strict=False):
        if not code or not cell:
            continue
        if code in LINE_FIELDS:
            about_lines[code] = cell
        else:
            READERS[code](draft, code, cell, known)
    if about_lines:
        read_lines(draft, about_lines, known)


def _text(most):
    def read(draft, code, cell, known):
        text = taking(draft, code, values.short, values.plain(cell), most)
        if text is not None:
            draft.say(code, text)

    return read


def _one(column, how, *more):
    """A reader that keeps what `how(cell, *more)` makes of the cell under `column`."""

    def read(draft, code, cell, known):
        value = taking(draft, code, how, cell, *more)
        if value is not None:
            draft.say(column, value)

    return read


def _known(column, what):
    def read(draft, code, cell, known):
        value = taking(draft, code, lambda text: known.find(what, text), cell)
        if value is not None:
            draft.say(column, value)

    return read


def _unit(draft, code, cell, known):
    _known("unit_id", "units")(draft, code, cell, known)
    unit = draft.values.get("unit_id")
    if unit in known.communities.values():
        draft.values.setdefault("community_id", unit)


def _phones(draft, code, cell, known):
    found = [taking(draft, code, values.phone, part) for part in values.parts(cell)]
    draft.phones += [one for one in found if one]


def _document(draft, code, cell, known):
    key = taking(draft, code, values.document, cell)
    if key:
        draft.say("document", document_hash(key))
        draft.say("document_masked", mask_document(key))


def _tenure(draft, code, cell, known):
    count = taking(draft, code, values.months, cell)
    if count is not None:
        draft.values.setdefault("joined_on", values.months_before(known.day, count))


def _payment_way(draft, code, cell, known):
    """A way the product knows, else the words of the file."""
    try:
        draft.say(code, values.word(cell, meanings.PAYMENT_WAYS, code))
    except values.Unfit:
        _text(40)(draft, code, cell, known)


READERS = {
    "number": lambda draft, code, cell, known: draft.say(code, values.plain(cell)),
    "name": _text(200),
    "kind": _one("kind", values.word, meanings.KINDS, "unknown_kind"),
    "phone": _phones,
    "document": _document,
    "birthday": _one("birthday", values.day),
    "address": _text(300),
    "language": _one("language", values.word, meanings.LANGUAGES, "unknown_language"),
    "tier": _known("tier_id", "tiers"),
    "community": _known("community_id", "communities"),
    "unit": _unit,
    "manager": _known("manager_id", "managers"),
    "joined_on": _one("joined_on", values.day),
    "tenure_months": _tenure,
    "status": _one("status", values.word, meanings.STATUSES, "unknown_status"),
    "left_on": _one("left_on", values.day),
    "monthly_charge": _one("monthly_charge", values.money),
    "total_charge": _one("total_charge", values.money, 14),
    "payment_way": _payment_way,
}


def read_lines(draft, cells, known):
    """The lines of a row: numbers of one or several kinds, which share plan, options and contract."""
    shared = _shared(draft, cells, known)
    for column in LINES_OF:
        for part in values.parts(cells.get(column, "")):
            number = taking(draft, column, values.phone, part)
            if number:
                written, key = number
                kind = shared["kind"] or _kind_of(key) if column == "line" else column
                draft.lines.append(shared | {"ref": key, "number": written, "value": key, "kind": kind})


def _shared(draft, cells, known):
    """What is said of all lines of the row."""
    said = {"kind": None}
    if "line_kind" in cells:
        said["kind"] = taking(draft, "line_kind", values.word, cells["line_kind"], meanings.LINE_KINDS, "unknown_line")
    if "plan" in cells:
        said["plan_code"] = taking(draft, "plan", lambda text: known.find("plans", text), cells["plan"])
    if "options" in cells:
        said["options"] = [option[:40] for option in values.parts(cells["options"])]
    if "contract_end" in cells:
        said["contract_end"] = taking(draft, "contract_end", _contract_end, cells["contract_end"], draft, known)
    if joined := draft.values.get("joined_on"):
        said["activated_on"] = joined
    if draft.values.get("status") == "left":
        said |= {"status": "off_net", "ended_on": draft.values.get("left_on")}
    return said


def _contract_end(text, draft, known):
    """A day, or the end of the running term of so many years; None for no contract."""
    try:
        term = values.word(text, meanings.TERMS | {0: meanings.NO_CONTRACT}, "term")
    except values.Unfit:
        return values.day(text)
    return values.term_end(draft.values.get("joined_on", known.day), known.day, term) if term else None


def _kind_of(key):
    return "mobile" if len(key) == 11 and key[0] == "1" else "fixed" if key.isdecimal() else "broadband"
