"""How many records a person may change at once, by role (domain 4.11: whole lists are for those who lead)."""

from staff.rights import Role
from staff.scope import postings_of

USUAL = 1_000
MOST = {Role.BRANCH_HEAD: 20_000, Role.DEPARTMENT_HEAD: 5_000, Role.COMPLAINT_DESK: 5_000}


def most_at_once(user) -> int:
    """The largest of what the person's roles of today allow."""
    return max((MOST.get(posting.role, USUAL) for posting in postings_of(user)), default=0)
