"""Whose complaint it is, as one person may see them: also a caller who is no customer (domain 4.11)."""

from django.utils.translation import gettext as _

from complaints.models import Complaint
from complaints.models.complaints import TICKET
from customers.masking import Shown
from staff.models import User
from staff.scope import scope_of


class Caller(Shown):
    """Somebody of whom nothing is known but what they said of themselves."""

    def __init__(self, complaint: Complaint, user: User):
        self.customer, self.user, self.complaint = None, user, complaint
        scope = scope_of(user, "customers.view_unmasked")
        self.whole = complaint.branch_id in scope.branches or complaint.unit_id in scope.units

    @property
    def name(self) -> str:
        return self.person(self.complaint.caller_name)

    @property
    def title(self) -> str:
        return self.name or number_of(self.complaint, self)

    def text(self, text: str) -> str:
        return text if self.whole else self.numbers_hidden(text.replace(self.complaint.caller_name or "\0", self.name))


def number_of(complaint: Complaint, shown: Shown) -> str:
    """The number said in the complaint, or the ticket of another system where that is all a file said; or ""."""
    if not complaint.has_number:
        return _("Ticket %(number)s") % {"number": complaint.caller_number.removeprefix(TICKET)}
    return shown.number(complaint.caller_number) if complaint.caller_number else ""


def masked_for(user: User, complaint: Complaint) -> Shown:
    return Shown(complaint.customer, user) if complaint.customer_id else Caller(complaint, user)
