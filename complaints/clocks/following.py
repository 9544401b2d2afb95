"""Clocks follow every move of a complaint, in its transaction."""

from datetime import datetime

from django.db.models import QuerySet

from complaints.clocks import deriving
from complaints.clocks.books import Books
from complaints.clocks.choosing import choose
from complaints.clocks.flagging import flag
from complaints.models import Clock, Complaint, ComplaintRules, StateChange
from complaints.models.states import State


def follow(complaint: Complaint, at: datetime):
    """Keep the clocks of a complaint that the caller holds as the log of its moves says now.

    What begins is also judged: whether somebody above has to care from the start.
    """
    books = Books([complaint])
    begins = _begins(complaint, books)
    if begins:
        complaint.version = choose(complaint)
        Complaint.objects.filter(pk=complaint.pk).update(version=complaint.version)
    _keep_all(complaint, books)
    if begins == 1:
        flag(complaint, books.rules(complaint), at)


def begin(complaint: Complaint, first: StateChange, rules: ComplaintRules, at: datetime):
    """The same for a complaint that was just made, with its version chosen; `first`: the first row of its log."""
    books = Books.begun(complaint, first, rules)
    _keep_all(complaint, books)
    if books.rounds(complaint):
        flag(complaint, rules, at)


def _keep_all(complaint, books):
    """New ones in one insert: of many rows the nearest is found once."""
    kept, wanted = books.clocks[complaint.pk], books.wanted(complaint)
    _insert((complaint, key, told) for key, told in wanted.items() if key not in kept)
    for key, clock in kept.items():
        if key in wanted:
            keep(clock, wanted[key])


def _insert(told):
    Clock.objects.bulk_create(Clock(complaint=one, kind=key[0], round=key[1], **said) for one, key, said in told)


def begin_all(complaints: QuerySet[Complaint]):
    """The clocks of complaints that were just brought in, in one insert; they go by what is shipped for their level."""
    made = list(complaints.select_related("branch", "version"))
    books = Books(made)
    _insert((one, key, fields) for one in made for key, fields in books.wanted(one).items())


def catch_up(complaints: QuerySet[Complaint]):
    """The clocks of complaints that moved on as the files say that they came from."""
    moved = list(complaints.select_related("branch", "version"))
    books = Books(moved)
    for one in moved:
        kept = books.clocks[one.pk]
        for key, wanted in books.wanted(one).items():
            keep(kept.get(key) or Clock(complaint=one, kind=key[0], round=key[1]), wanted)


def keep(clock: Clock, wanted: dict) -> list[str]:
    """Write what is not as the log says; the names of these fields."""
    changed = [name for name, value in wanted.items() if getattr(clock, name) != value]
    for name in changed:
        setattr(clock, name, wanted[name])
    if clock.pk is None:
        clock.save()
    elif changed:
        clock.save(update_fields=changed)
    return changed


def _begins(complaint, books):
    """The number of the round that begins with this move and goes by the policy of now; 0 for none."""
    n = len(books.rounds(complaint))
    if (Clock.Kind.RESULT, n) in books.clocks[complaint.pk] or complaint.state in deriving.DROPPED | {State.DRAFT}:
        return 0
    return n
