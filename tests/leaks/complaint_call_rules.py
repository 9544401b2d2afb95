"""Rules of callbacks, surveys and suggestions; see tests/leaks/rules.py."""

from tests.leaks.back_office_rules import settings_of
from tests.leaks.rule import BAD, Rule, public

VIEW, CALL_BACK, ACCEPT = "complaints.view", "complaints.call_back", "complaints.accept"
SEES, DECIDE = "complaints.suggestions", "complaints.decide_suggestions"


def calls(knocker):
    return knocker.reaches(VIEW) and knocker.reaches(CALL_BACK)


def callback_form(world):
    return {"key": "00000000-0000-4000-8000-0000000000c1", "outcome": "refused"}


def suggestion_form(world):
    return {"key": "00000000-0000-4000-8000-0000000000c2", "topic": world.topic, "text": "x", "channel": "hall"}


def filter_form(world):
    return {"topic": world.topic}


def decision(world):
    return {"decision": "not", "reason": "x", "answer": "x"}


def script_form(world):
    return {"area": "network", "text": "x", "text_en": ""}


def script_change(world):
    return {"area": "", "text": "x", "text_en": ""}


def topic_form(world):
    return {"code": "fresh", "name": "x", "name_en": "", "unit": world.south, "active": "on"}


RULES = {
    "complaint-callback": Rule(  # no callback of it is due
        CALL_BACK, row="complaint", methods="GET POST", body=callback_form, sees=calls, ok={"POST": {BAD}}
    ),
    "complaint-callback-number": Rule(  # none is due
        CALL_BACK, row="complaint", methods="POST", sees=calls, ok={"POST": {BAD}}
    ),
    "complaint-answers": Rule(VIEW, row="complaint"),
    "survey": public("GET POST", args={"token": "guessed"}, ok={"GET": {404}, "POST": {404}}),
    "suggestions": Rule(SEES, query=filter_form),
    "suggestion": Rule(SEES, row="suggestion", shows=lambda w: w.suggestion.text),
    "suggestion-new": Rule(ACCEPT, methods="GET POST", body=suggestion_form),
    "suggestion-decide": Rule(DECIDE, row="suggestion", methods="POST", body=decision),
    "customer-suggestion": Rule(ACCEPT, row="customer", methods="GET POST", body=suggestion_form),
    **settings_of("complaints.script", "script", add=script_form, change=script_change),
    **settings_of("complaints.topic", "topic", add=topic_form, change=topic_form),
}
