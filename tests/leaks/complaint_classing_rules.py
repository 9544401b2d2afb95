"""Rules of what no keyword rule knows, and of keyword rules; see tests/leaks/rules.py."""

from tests.leaks.rule import OK, Rule

IMPORT = "complaints.import"


def sees_rules(knocker):
    return knocker.in_branch(IMPORT)


def rule_form(world):
    return {"order": 1, "words": "x", "category": world.category}


def class_form(world):
    return {"do": "all", "words": "x", "category": world.category}


def words_form(world):
    return {"words": "canary"}


RULES = {
    "complaints-to-class": Rule(IMPORT, methods="GET POST", body=class_form, query=words_form),
    "complaints-apply-rules": Rule(IMPORT, methods="POST"),
    "keyword-rules": Rule(IMPORT),
    "keyword-rule-new": Rule(IMPORT, methods="GET POST", body=rule_form),
    "keyword-rules-count": Rule(IMPORT, methods="POST", body=words_form, ok={"POST": {OK}}),
    "keyword-rule": Rule(IMPORT, row="keywordrule", methods="GET POST", sees=sees_rules, body=rule_form),
}
