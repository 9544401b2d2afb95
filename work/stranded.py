"""Open work lies with somebody who is there and may do it (domain 4.4).

Absences move work as they begin and end (`work.deputies`). What is given to somebody at the moment they go, and what
lies with people who have left, lost their posting or a right, is found here: within minutes, and the leader is told.
"""

from django.db import connection, transaction

from staff.absences import absence_of
from staff.models import Absence, User
from staff.rights import RIGHTS
from work import deputies, owing, pool_lines, pools, ringing
from work.models.follow_ups import DO, kept
from work.models.states import OPEN

# The next person with open work whose owner cannot do it, or that was lent while they were away and they are back.
MISPLACED = """
    WITH follows_up AS (
        SELECT p.user_id, u.branch_id
        FROM staff_posting p
        JOIN staff_user u ON u.id = p.user_id AND u.is_active
        JOIN staff_unit b ON b.id = u.branch_id
        WHERE p.role = ANY (%(roles)s) AND p.valid_from <= (%(at)s AT TIME ZONE b.time_zone)::date
          AND (p.valid_to IS NULL OR p.valid_to > (%(at)s AT TIME ZONE b.time_zone)::date)
    ), away AS (
        SELECT user_id FROM staff_absence
        WHERE withdrawn_at IS NULL AND ended_at IS NULL AND starts_at <= %(at)s
          AND (ends_at > %(at)s OR begun_at IS NOT NULL)
    ), held AS (
        SELECT DISTINCT branch_id, owner_id, for_owner_id FROM work_followup
        WHERE state = ANY (%(open)s) AND coalesce(for_owner_id, owner_id) > %(after)s
    )
    SELECT min(coalesce(for_owner_id, owner_id)) FROM held
    WHERE owner_id IN (SELECT user_id FROM away)
       OR for_owner_id NOT IN (SELECT user_id FROM away)
       OR owner_id IS NOT NULL AND (owner_id, branch_id) NOT IN (SELECT user_id, branch_id FROM follows_up)
"""


def next_person(after, at) -> int | None:
    """The id of the next person, beyond the id `after`, whose work lies wrong."""
    values = {"roles": list(RIGHTS[DO]), "at": at, "open": [str(state) for state in OPEN], "after": after}
    with connection.cursor() as cursor:
        cursor.execute(MISPLACED, values)
        return cursor.fetchone()[0]


@transaction.atomic
def put_right(pk, at) -> int:
    """Move what the person `pk` owes and cannot do, to their deputy or to the people of its unit; how many moved.

    Whoever enters or ends an absence of theirs at this moment waits, or is waited for.
    """
    person = User.objects.select_for_update(no_key=True).get(pk=pk)
    absence = absence_of(person, at, Absence.objects.select_for_update(of=("self",)))
    ask, moved = _Answers(at), []
    rows = list(deputies.locked_of(person))
    out = kept(rows)
    for one in rows:
        owner, for_owner = _whose(one, person, absence, ask, out[one])
        if deputies.move(one, _verb(one, owner, person), owner, for_owner=for_owner and for_owner.pk):
            moved.append((one, owner))
    _tell(person, moved)
    return len(moved)


def _tell(person, moved):
    """`moved` are (a follow-up as it was, its owner now)."""
    left = [one for one, owner in moved if one.owner and not owner]
    ringing.stranded(person, left)
    pools.came_back([one.pk for one in left])
    pool_lines.clear({one.unit_id for one, owner in moved if owner and not one.owner})


class _Answers:
    """Whether a person can do work of a branch, asked once for each."""

    def __init__(self, at):
        self.at, self.known = at, {}

    def can(self, person, branch_id):
        key = (person and person.pk, branch_id)
        if key not in self.known:
            self.known[key] = bool(person) and owing.can_do(person, branch_id, self.at)
        return self.known[key]


def _whose(one, person, absence, ask, out):
    """(owner, whom it comes back to): whoever can do it and has it keeps it while the person is away. `out`: ids of
    those from whom it is kept.
    """
    if one.for_owner_id and not absence and person.pk not in out and ask.can(person, one.branch_id):
        return person, None
    for_owner = person if absence else None
    if one.owner is None or ask.can(one.owner, one.branch_id):
        return one.owner, for_owner
    deputy = absence and absence.deputy
    fit = ask.can(deputy, one.branch_id) and deputy.pk not in {one.handled_by_id, *out}
    return deputy if fit else None, for_owner


def _verb(one, owner, person):
    if owner == one.owner:
        return "follow_up.stays"
    if owner == person:
        return "follow_up.given_back"
    return "follow_up.lent" if owner else "follow_up.left"
