"""What is done with whole lists at once, and macros; see tests/leaks/rules.py."""

from complaints.models.complaints import LEAD, VIEW
from staff.rights import RIGHTS, Reach
from tests.leaks.complaint_life_rules import handles
from tests.leaks.rule import BAD, MOVED, Rule, is_owner

KEY = "00000000-0000-4000-8000-000000000071"
LIST = {"args": {"name": "complaints"}}


def note_form(world):
    return {"action": "note", "key": KEY, "text": "x"}


def filter_form(world):
    return {"unit": world.north, "category": world.category}


def macro_form(world):
    told = {"unit": world.north, "name": "fresh", "note": "x", "category": world.category, "active": "on"}
    task = {"step": "ask", "department": world.north, "hours": 8, "text": "x"}
    return told | task | {"gives": "5.00", "given_for": "x", "direction": "x"}


def changed_form(world):
    return macro_form(world) | {"name": "changed", "version": world.macro.version}


def use_form(world):
    return {"key": KEY, "edition": world.complaint.edition}


def of_bulk(**options):
    return Rule(row="bulk", sees=is_owner, **options)


def keeps(knocker):
    """The macro is for the whole branch: whoever leads less of it does not change it."""
    return knocker.in_branch(LEAD) and RIGHTS[LEAD][knocker.role] == Reach.BRANCH


READERS = {"jobs.bulk": is_owner}
RULES = {
    "bulks": Rule(),
    "bulk-new": Rule(  # refused where nothing matches
        LEAD, methods="GET POST", body=note_form, query=filter_form, about=True, ok={"POST": {MOVED, BAD}}, **LIST
    ),
    "bulk-button": Rule(LEAD, query=filter_form, about=True, **LIST),
    "bulk": of_bulk(shows=lambda w: w.bulk.told["text"]),
    "bulk-go": of_bulk(methods="POST"),
    "bulk-undo": of_bulk(methods="POST"),
    "bulk-cancel": of_bulk(methods="POST"),
    "bulk-results": of_bulk(noted=True),
    "complaint-macros": Rule(LEAD),
    "complaint-macro-new": Rule(LEAD, methods="GET POST", body=macro_form, ok={"POST": {MOVED, BAD}}),
    "complaint-macro": Rule(
        LEAD, row="macro", methods="GET POST", body=changed_form, sees=keeps, ok={"POST": {MOVED, BAD}}
    ),
    "complaint-macro-apply": Rule(
        VIEW, row="complaint", also={"macro": "macro"}, methods="POST", body=use_form, sees=handles
    ),
}
