"""One complaint with everything that its page names, and with what belongs to it.

Joined in one statement, these two dozen tables take the database half a second to plan, and a millisecond to read. So
people and units, which are many in number, are read in one query each, and the rest by key where there is any; what
belongs to it is looked for where the complaint itself is read, and read where something is there.
"""

from collections.abc import Iterable, Mapping
from functools import cached_property

from django.db.models import BooleanField
from django.db.models.expressions import RawSQL
from django.shortcuts import get_object_or_404

from complaints.models import Compensation, Complaint, Note, RegulatorCase, SubTask
from staff.models import Unit, User

JOINED = ("customer__tier", "category")
PEOPLE = ("owner", "for_owner", "first_owner", "coordinator", "person", "resolved_by")
UNITS = ("branch", "unit", "accepted_unit", "area_unit")
OF_CUSTOMER = ("branch", "unit")
BELONGS = {"notes": Note, "tasks": SubTask, "money": Compensation, "appeals": RegulatorCase}


def _has(model, key="complaint_id"):
    """As text: subqueries that are put together anew for each page take as long as reading the complaint."""
    there = "EXISTS (SELECT 1 FROM {} has WHERE has.{} = {}.id)"
    return RawSQL(there.format(model._meta.db_table, key, Complaint._meta.db_table), (), BooleanField())  # noqa: S611


HAS = {f"has_{name}": _has(model) for name, model in BELONGS.items()}
HAS["has_merged"] = _has(Complaint, "merged_into_id")


def one_of(rows, pk: int) -> Complaint:
    """The complaint of `rows`, which hold what is within reach; 404 where it is not among them. Three queries."""
    one = get_object_or_404(rows.select_related(*JOINED).annotate(**HAS), pk=pk)
    customer = [(one.customer, OF_CUSTOMER)] if one.customer else []
    attach(User, [(one, PEOPLE)])
    attach(Unit, [(one, UNITS), *customer])
    return one


class Belonging:
    """What belongs to a complaint, each kind read once. Whoever sees the complaint sees it."""

    def __init__(self, complaint: Complaint):
        self.complaint = complaint

    @cached_property
    def notes(self) -> list[Note]:
        return self._those(Note.objects.select_related("by"), "notes")

    @cached_property
    def tasks(self) -> list[SubTask]:
        return self._those(SubTask.objects.select_related("unit", "made_by", "taken_by", "ended_by"), "tasks")

    @cached_property
    def money(self) -> list[Compensation]:
        return self._those(Compensation.objects.select_related("asked_by", "decided_by"), "money")

    @cached_property
    def appeals(self) -> list[RegulatorCase]:
        return self._those(RegulatorCase.objects.all(), "appeals")

    def _those(self, rows, name):
        """None where the complaint was read with the news that there are none."""
        return list(rows.filter(complaint=self.complaint)) if getattr(self.complaint, f"has_{name}", True) else []


def attach(model, wanted: Iterable[tuple[object, Iterable[str]]], known: Mapping | None = None, columns=()):
    """Set what these (object, names of its keys to `model`) point to: in `known` by its key, or read at once, all of
    its columns or these.
    """
    keys = {(of, name): getattr(of, f"{name}_id") for of, names in wanted for name in names}
    found = dict(known or {})
    if left := {key for key in keys.values() if key} - found.keys():
        found |= model._base_manager.only(*columns).in_bulk(left)
    for (of, name), key in keys.items():
        if key:
            setattr(of, name, found[key])
