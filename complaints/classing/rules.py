"""Keyword rules: which class a text is of. The first rule by `order` that knows one of its words decides.

A word of Latin letters or digits is found where a word begins ("bill" finds "billing", not "handbill"); any other
sign is found wherever it stands. Both PostgreSQL and Python read the patterns, so that a page counts what a file gets.
"""

import re

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from audit.trail import record
from complaints.accepting import take_turns
from complaints.models import Category, KeywordRule
from staff.models import Unit, User

BEGINS = "(?<![A-Za-z0-9])"
ASIDE = 10_000  # where rules stand while they are put in order
MOST = 200  # rules of a branch


def pattern_of(words) -> str:
    """A regular expression for texts that hold one of the words, in any case."""
    return "|".join((BEGINS if word[0].isascii() and word[0].isalnum() else "") + re.escape(word) for word in words)


def holding(rows, words):
    """Complaints whose own words hold one of `words`."""
    return rows.filter(words__iregex=pattern_of(words))


def rules_of(branch: Unit) -> list[tuple[re.Pattern, str]]:
    """(pattern, code of the class) in order; rules whose class is no longer chosen are passed over."""
    finest = Category.objects.filter(branch=branch).finest()
    rules = KeywordRule.objects.filter(branch=branch, category__in=finest).order_by("order")
    return [
        (re.compile(pattern_of(words), re.IGNORECASE), code)
        for words, code in rules.values_list("words", "category__code")
    ]


def class_of(rules, text: str) -> str | None:
    """The code of the class by the first rule that knows the text; None where none does."""
    return next((code for pattern, code in rules if pattern.search(text)), None)


@transaction.atomic
def keep(rule: KeywordRule, *, by: User) -> KeywordRule:
    """Write a rule at its place in the order (1 is first); those from there on move down. ValidationError where
    somebody took it away meanwhile."""
    place, others = rule.order, _aside(rule)
    rule.order = 0
    rule.save()
    _arrange([*others[: place - 1], rule, *others[place - 1 :]])
    record(rule, "keyword_rule.kept", by=by, words=rule.words, category=rule.category_id, order=rule.order)
    return rule


@transaction.atomic
def drop(rule: KeywordRule, *, by: User):
    """Away with a rule; what it classed stays as it is."""
    others = _aside(rule)
    record(rule, "keyword_rule.dropped", by=by, words=rule.words, category=rule.category_id)
    rule.delete()
    _arrange(others)


def _aside(rule):
    """The branch's other rules in their order, held, with no place taken."""
    take_turns("keyword rules of", rule.branch_id)
    found = list(KeywordRule.objects.filter(branch=rule.branch_id).order_by("order"))
    if rule.pk and rule not in found:
        raise ValidationError(_("Somebody took this rule away in the meantime."))
    KeywordRule.objects.filter(branch=rule.branch_id).update(order=F("order") + ASIDE)
    return [one for one in found if one != rule]


def _arrange(rules):
    for place, rule in enumerate(rules, 1):
        rule.order = place
    KeywordRule.objects.bulk_update(rules, ["order"])
