"""What a branch has, by the words a file may use for it: tiers, units, managers, plans."""

from dataclasses import dataclass, field
from datetime import date

from customers.models import Plan, Tier
from staff.models import Unit, User
from staff.scope import scope_of

from .values import Unfit, plain

RIGHT = "customers.import"


@dataclass
class Known:
    """Look-ups by word, lower case; `day` is the day the figures of the file are as of."""

    day: date
    tiers: dict = field(default_factory=dict)
    units: dict = field(default_factory=dict)
    communities: dict = field(default_factory=dict)
    managers: dict = field(default_factory=dict)
    plans: dict = field(default_factory=dict)

    def find(self, what, text):
        """The id (or plan code) of what a word names; a name that two carry names neither."""
        found = getattr(self, what).get(plain(text).casefold())
        if found is None:
            raise Unfit(f"unknown_{what}", value=text[:60])
        return found


def known_to(person, branch, day, more_plans=()):
    """What `person` may name in a file for `branch`; units out of reach are as unknown as those that do not exist."""
    units = list(units_in_reach(person, branch, RIGHT))
    plans = {word: plan.code for plan in Plan.objects.filter(branch=branch) for word in (plan.code, plan.name)}
    return Known(
        day=day,
        tiers=_by_word(Tier.objects.filter(branch=branch), lambda tier: (tier.code, tier.name, tier.name_en)),
        units=_by_word(units, _words_of_unit),
        communities=_by_word((unit for unit in units if unit.kind == Unit.Kind.COMMUNITY), _words_of_unit),
        managers=_by_word(User.objects.filter(branch=branch, is_active=True), lambda user: (user.username, user.name)),
        plans={word.casefold(): code for word, code in plans.items()} | {code.casefold(): code for code in more_plans},
    )


def units_in_reach(person, branch, right):
    """The units of a branch of today over which the person holds a right."""
    scope = scope_of(person, right)
    units = Unit.objects.filter(branch=branch, valid_to=None)
    if branch.pk in scope.branches:
        return units | Unit.objects.filter(pk=branch.pk)
    return units.filter(pk__in=scope.units)


def _words_of_unit(unit):
    return unit.code, unit.name, unit.name_en


def _by_word(things, words_of):
    """{word: id}; the first word of a thing (its code) wins over names, and a name used twice is left out."""
    codes, names = {}, {}
    for thing in things:
        code, *others = words_of(thing)
        codes[code.casefold()] = thing.pk
        for word in {other.casefold() for other in others if other}:
            names[word] = None if word in names else thing.pk
    return {word: pk for word, pk in names.items() if pk} | codes
