"""Conditions that decide whether a policy fits a record: data that people put together, for every policy there is.

A condition is {"field": name, "is": how, "values": [...]}; of a list of them all must fit, and none fits everything.
What may be asked is declared once, as `Field`s: one record is judged by it in memory, and many by the database.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import and_

from django.core.exceptions import ValidationError
from django.db.models import Model, Q
from django.utils.translation import gettext as _

ONE_OF, NONE_OF, AT_LEAST, AT_MOST = "one_of", "none_of", "at_least", "at_most"
HOW = {"choice": (ONE_OF, NONE_OF), "unit": (ONE_OF, NONE_OF), "tree": (ONE_OF, NONE_OF), "bool": (ONE_OF,)}
HOW["number"] = (AT_LEAST, AT_MOST)


@dataclass(frozen=True)
class Field:
    """What may be asked of a record.

    `kind`: "choice" (the value itself), "bool", "number", "unit" (an id stands for the unit and everything below it;
    the lookup leads to a unit), "tree" (a code stands for itself and every code it begins). `lookup`: the way from the
    record, as filters write it. `choices`: of a branch, (value, words); not for bool and number.
    """

    name: str
    label: str
    kind: str
    lookup: str
    choices: Callable = lambda branch: ()

    def of(self, record: Model):
        """Its value; None where the way ends early."""
        for part in self.lookup.split("__"):
            record = getattr(record, part, None)
        return record

    def holds(self, record: Model, condition: dict) -> bool:
        value, wanted = self.of(record), condition["values"]
        if condition["is"] in {AT_LEAST, AT_MOST}:
            return value is not None and (value >= wanted[0] if condition["is"] == AT_LEAST else value <= wanted[0])
        found = value is not None and any(self._is(value, one) for one in wanted)
        return not found if condition["is"] == NONE_OF else found

    def query(self, condition: dict) -> Q:
        wanted = condition["values"]
        if condition["is"] in {AT_LEAST, AT_MOST}:
            return Q(**{f"{self.lookup}__{'gte' if condition['is'] == AT_LEAST else 'lte'}": wanted[0]})
        found = self._among(wanted)
        return ~found if condition["is"] == NONE_OF else found

    def _is(self, value, wanted):
        if self.kind == "unit":
            return f"/{wanted}/" in f"/{value.path}"
        return value.startswith(wanted) if self.kind == "tree" else value == wanted

    def _among(self, wanted):
        if self.kind == "unit":
            ways = (Q(**{f"{self.lookup}__path__regex": rf"(^|/){one}/"}) for one in wanted)
        elif self.kind == "tree":
            ways = (Q(**{f"{self.lookup}__startswith": one}) for one in wanted)
        else:
            return Q(**{f"{self.lookup}__in": wanted})
        return reduce(Q.__or__, ways)


@dataclass(frozen=True)
class Askable:
    """All that may be asked of one kind of record."""

    fields: Sequence[Field]

    def field(self, name) -> Field | None:
        return next((one for one in self.fields if one.name == name), None)

    def fits(self, conditions: Iterable[dict], record: Model) -> bool:
        return all(self.field(one["field"]).holds(record, one) for one in conditions)

    def query(self, conditions: Iterable[dict]) -> Q:
        """The records that fit, as a filter."""
        return reduce(and_, (self.field(one["field"]).query(one) for one in conditions), Q())

    def check(self, conditions, branch) -> list[dict]:
        """The conditions in the order of the fields; ValidationError with a sentence for each that says nothing."""
        wrong = [problem for one in conditions for problem in self._problems(one, branch)]
        names = [one["field"] for one in conditions if isinstance(one, dict) and "field" in one]
        if any(names.count(name) > 1 for name in names):
            wrong.append(_("Each thing is asked once."))
        if wrong:
            raise ValidationError(wrong)
        order = [one.name for one in self.fields]
        return sorted(conditions, key=lambda one: order.index(one["field"]))

    def words(self, conditions: Iterable[dict], branch) -> list[str]:
        """Each condition as a line, in the reader's language."""
        return [_words(self.field(one["field"]), one, branch) for one in conditions if self.field(one["field"])]

    def _problems(self, one, branch):
        field = self.field(one.get("field")) if isinstance(one, dict) else None
        if field is None:
            yield _("This cannot be asked.")
        elif one.get("is") not in HOW[field.kind] or not _proper(field, one.get("values"), branch):
            yield _("%(field)s: choose what fits.") % {"field": field.label}


def _proper(field, values, branch):
    if not isinstance(values, list) or not values:
        return False
    if field.kind == "number":
        return len(values) == 1 and isinstance(values[0], int) and not isinstance(values[0], bool)
    if field.kind == "bool":
        return len(values) == 1 and isinstance(values[0], bool)
    offered = [value for value, words in field.choices(branch)]  # a list: what was sent may be anything at all
    return all(one in offered and not isinstance(one, bool) for one in values)


def _words(field, one, branch):
    if field.kind == "bool":
        shown = _("yes") if one["values"][0] else _("no")
    elif field.kind == "number":
        shown = str(one["values"][0])
    else:
        named = dict(field.choices(branch))
        shown = " / ".join(str(named.get(value, value)) for value in one["values"])
    ways = {
        ONE_OF: _("%(field)s: %(values)s"),
        NONE_OF: _("%(field)s: none of %(values)s"),
        AT_LEAST: _("%(field)s: at least %(values)s"),
        AT_MOST: _("%(field)s: at most %(values)s"),
    }
    return ways[one["is"]] % {"field": field.label, "values": shown}
