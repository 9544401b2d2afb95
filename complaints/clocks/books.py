"""What the clocks of some complaints are worked out from, read at once however many they are."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict

from complaints.clocks import deriving
from complaints.clocks.law import law_of
from complaints.clocks.terms import terms_of
from complaints.models import Clock, Complaint, ComplaintRules, Escalated, StateChange

FIELDS = ("started_at", "due_at", "paused_at", "paused_minutes", "met_at", "stopped_at", "basis", "version_id")


class Books:
    """`clocks`: {(kind, round): Clock} of a complaint as they are kept; `climbed`: {(kind, round, step)}."""

    def __init__(self, complaints: Iterable[Complaint]):
        self.changes, self.clocks, self.climbed = defaultdict(list), defaultdict(dict), defaultdict(set)
        self._rules, self._terms = {}, {}
        if keys := [one.pk for one in complaints]:
            self._read(keys)

    def _read(self, keys):
        for one in StateChange.objects.filter(complaint__in=keys).order_by("complaint", "n"):
            self.changes[one.complaint_id].append(one)
        clocks = Clock.objects.filter(complaint__in=keys).select_related("version__calendar")
        for one in clocks.prefetch_related("version__steps"):
            self.clocks[one.complaint_id][one.kind, one.round] = one
        steps = Escalated.objects.filter(complaint__in=keys)
        for key, *step in steps.values_list("complaint", "clock__kind", "clock__round", "step"):
            self.climbed[key].add(tuple(step))

    @classmethod
    def begun(cls, complaint: Complaint, first: StateChange, rules: ComplaintRules) -> "Books":
        """Of a complaint that was just made: there is the first row of its log and nothing else."""
        books = cls(())
        books.changes[complaint.pk].append(first)
        books._rules[complaint.branch_id] = rules
        return books

    def rounds(self, complaint: Complaint) -> list[deriving.Round]:
        return deriving.rounds_of(self._moves(complaint))

    def told(self, complaint: Complaint) -> list[deriving.Told]:
        """Its clocks as the log gives them; a round keeps the version that its clocks were made with."""
        rules, moves = self.rules(complaint), self._moves(complaint)
        terms = {one.n: self._terms_of(complaint, one, rules) for one in deriving.rounds_of(moves)}
        law = law_of(complaint.received_at, rules, complaint.branch)
        told = deriving.derive(moves, complaint.received_at, complaint.contacted_at, terms, law)
        return [deriving.begun_elsewhere(one) for one in told] if complaint.imported else told

    def wanted(self, complaint: Complaint) -> dict[tuple[str, int], dict]:
        """{(kind, round): fields of `Clock`} as the log gives them."""
        climbed = self.climbed[complaint.pk]
        return {(one.kind, one.round): _fields(one, climbed) for one in self.told(complaint)}

    def version(self, complaint: Complaint, n: int):
        """The version of a round."""
        clock = self.clocks[complaint.pk].get((Clock.Kind.RESULT, n))
        return clock.version if clock else complaint.version

    def rules(self, complaint: Complaint) -> ComplaintRules:
        branch = complaint.branch_id
        if branch not in self._rules:
            self._rules[branch] = ComplaintRules.of(branch)
        return self._rules[branch]

    def _terms_of(self, complaint, one, rules):
        version, level = self.version(complaint, one.n), self._level(complaint, one)
        key = (version, level, complaint.branch_id)
        if key not in self._terms:
            self._terms[key] = terms_of(version, level, rules, complaint.branch.time_zone)
        return self._terms[key]

    def _level(self, complaint, one):
        """With which the round began."""
        return next(change.level for change in self.changes[complaint.pk] if change.at == one.begun)

    def _moves(self, complaint):
        return [deriving.Move(one.was, one.then, one.at) for one in self.changes[complaint.pk]]


def due_steps(told: deriving.Told, climbed, at) -> list[str]:
    """Steps of a clock whose time has come and that were not climbed, in order."""
    if told.stands:
        return []
    return [step for step, moment in told.ladder if moment <= at and (told.kind, told.round, step) not in climbed]


def look_at(told: deriving.Told, climbed):
    """When the next step may be due; None where nothing more comes."""
    left = (moment for step, moment in told.ladder if (told.kind, told.round, step) not in climbed)
    return None if told.stands else next(left, None)


def _fields(told, climbed):
    fields = asdict(told) | {"version_id": told.version}
    return {name: fields[name] for name in FIELDS} | {"look_at": look_at(told, climbed)}
