"""Saved views: one's own, and those of the units one works in."""

from tests.leaks.rule import Rule, is_owner

SHARE = "staff.share_views"


def sees_shared(knocker):
    """Whoever works in the unit, and who leads it from above."""
    return knocker.place in ("beside", "owner") or knocker.reaches(SHARE)


def view_form(world):
    return {"name": "late ones", "query": "state=accepted", "pinned": "on"}


def shared_form(world):
    """Only who leads a unit may name one: the others' form has no such field, and keeps the view for themselves."""
    return view_form(world)


READERS = {"staff.savedview": is_owner, "staff.firstview": sees_shared}
OF_COMPLAINTS = {"args": {"name": "complaints"}}
RULES = {
    "saved-views": Rule(),
    "views-pinned": Rule(),
    "view-tabs": Rule("complaints.view", **OF_COMPLAINTS),
    "view-save": Rule("complaints.view", methods="GET POST", body=view_form, **OF_COMPLAINTS),
    "view-edit": Rule(row="savedview", methods="GET POST", sees=is_owner, body=shared_form),
    "view-first": Rule(row="sharedview", methods="POST", sees=sees_shared),
    "view-delete": Rule(row="savedview", methods="POST", sees=is_owner),
}
