"""Incidents and the complaints under them; see tests/leaks/rules.py."""

from complaints.models.incidents import INCIDENTS
from tests.leaks.rule import BAD, MOVED, Rule


def filter_form(world):
    return {"unit": world.north}


def begin_form(world):
    said = {"key": "00000000-0000-4000-8000-000000000071", "title": "a", "say": "b"}
    return said | {"area": world.north, "category": world.category}


def end_form(world):
    return {"cause": world.cause, "liability": "ours", "measure": "a", "answer": "b"}


def link_form(world):
    return {"complaint": world.complaint}


def sees_child(knocker):
    return knocker.reaches(INCIDENTS) and knocker.reaches("complaints.view")


def of_incident(methods="POST", **options):
    return Rule(INCIDENTS, row="incident", methods=methods, **options)


RULES = {
    "incidents": Rule(INCIDENTS, query=filter_form),
    "incident-new": Rule(INCIDENTS, methods="GET POST", body=begin_form),
    "incident": of_incident("GET"),
    "incident-tell": of_incident(body=lambda world: {"say": "c"}),
    "incident-link": of_incident(body=link_form, ok={"POST": {MOVED, BAD}}),  # who sees it names it
    "incident-unlink": of_incident(also={"complaint": "complaint"}, sees=sees_child),
    "incident-rest": of_incident(),
    "incident-end": of_incident(body=end_form),
}
