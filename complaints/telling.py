"""Telling colleagues what happened to a complaint."""

from complaints import owners
from complaints.models import Complaint
from complaints.models.rules import ComplaintRules
from staff.models import User
from work import notices


def ring(people, kind: str, complaint: Complaint, *, key, urgent=True, at=None, subject=None, **data):
    """Tell each of the people once for `key`, but never whom it is about; the words know the complaint's number."""
    people = [person for person in people if person.pk != complaint.person_id]
    notices.ring_many(
        people, f"complaint.{kind}", key=_key(kind, complaint, key), subject=complaint,
        customer=complaint.customer_id, urgent=urgent, at=at, number=complaint.number, **data,
    )  # fmt: skip


def settle(kind: str, complaint: Complaint, *, key):
    """What was told under the key needs no reading any more."""
    notices.settle(complaint, f"complaint.{kind}", key=_key(kind, complaint, key))


def _many(kind, many):
    return f"complaint.many_{kind}:{many}"


def _key(kind, complaint, key):
    return f"complaint.{kind}:{complaint.pk}:{key}"


def ring_many(people, kind: str, complaint: Complaint, *, many: str, urgent=True, at=None):
    """Tell each of the people, but never whom it is about, of one more of what is done to many: under the key `many`
    they hear once, with the number of them.
    """
    for person in people:
        if person.pk != complaint.person_id:
            notices.ring_one_more(person, f"complaint.many_{kind}", key=_many(kind, many), urgent=urgent, at=at)


def owner(complaint: Complaint, by: User | None, at, many=""):
    """Whoever has it now, unless they took it themselves. What a rule gave them waits for their working time; `many`
    names what it is one of, see `ring_many`.
    """
    if by and complaint.owner_id == by.pk:
        return
    if many:
        ring_many([complaint.owner], "owned", complaint, many=many, urgent=by is not None, at=at)
    else:
        ring([complaint.owner], "owned", complaint, key=complaint.edition, at=at, urgent=by is not None)


def not_owner(person: User, many: str):
    """One of the many is not theirs any more; of none of them they need not read."""
    notices.ring_one_less(person, key=_many("owned", many))


def passed_around(complaint: Complaint, at, many=""):
    """More transfers than the branch allows ring at whoever leads the unit (D13)."""
    if complaint.transfers <= ComplaintRules.of(complaint.branch_id).transfers:
        return
    people = leaders(complaint)
    if many:
        ring_many(people, "passed_around", complaint, many=many, at=at)
    else:
        ring(people, "passed_around", complaint, key=complaint.transfers, at=at, n=complaint.transfers)


def leaders(complaint: Complaint) -> list[User]:
    """Who leads the unit that has it; nobody for whom it is about."""
    found = owners.leader(complaint.unit, {complaint.person_id} - {None})
    return [found] if found else []
