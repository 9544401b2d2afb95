"""What happens to a complaint until it is over (4.1): contact, waiting, result, callback, and what leads away from it.

Each operation is one transaction and holds the complaint first. It raises ValidationError by field, or by code "move"
where the state does not allow it, and `moving.Outdated` where `edition` is not the one the person saw.
"""

from complaints.handling.contacts import contact, note
from complaints.handling.ending import close, reopen, reopen_closed, reopened
from complaints.handling.leaving import reject, withdraw
from complaints.handling.resolving import resolve, settle_on_spot
from complaints.handling.waiting import go_on, wait_for_customer

__all__ = [
    "close",
    "contact",
    "go_on",
    "note",
    "reject",
    "reopen",
    "reopen_closed",
    "reopened",
    "resolve",
    "settle_on_spot",
    "wait_for_customer",
    "withdraw",
]
