"""Rules of the complaint desk's queue; see tests/leaks/rules.py."""

from complaints.models.complaints import VIEW
from tests.leaks.rule import MOVED, OK, Rule


def filter_form(world):
    return {"unit": world.north, "tier": world.tier, "category": world.category, "incident": world.incident}


RULES = {
    "complaints": Rule(VIEW, query=filter_form, about=True),
    "complaint-here": Rule(VIEW, row="complaint", methods="POST", ok={"POST": {OK}}),
    "complaint-next": Rule(VIEW, row="complaint", ok={"GET": {MOVED}}),
}
