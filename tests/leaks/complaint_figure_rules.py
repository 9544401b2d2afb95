"""Rules of the figures of complaints; see tests/leaks/rules.py."""

from complaints.figures.sets import FIGURES
from complaints.figures.thumb import CONSTANTS
from tests.leaks.rule import BAD, OK, Rule


def figure_form(world):
    return {"unit": world.north, "tier": world.tier, "category": world.category, "by": "owner"}


def behind_form(world):
    return {"figure": "received", "by": "class", "row": world.category}


def thumb_form(world):
    return dict.fromkeys(CONSTANTS, 3)


RULES = {
    "complaint-figures": Rule(FIGURES, query=figure_form, about=True, ok={"GET": {OK, BAD}}),
    "complaint-figures-list": Rule(FIGURES, query=behind_form, about=True, ok={"GET": {OK, BAD}}),
    "complaint-figures-thumb": Rule("complaints.policies", methods="GET POST", body=thumb_form),
}
