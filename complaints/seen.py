"""The customer or caller of a complaint as whoever works on it may see them."""

from complaints.masked import masked_for
from complaints.models import Complaint
from customers.masking import Shown, reaches
from staff.models import User


def seen_by(user: User, complaint: Complaint) -> Shown:
    """Whole for whoever sees the customer so, and for whoever owns the complaint and sees any customer so."""
    shown = masked_for(user, complaint)
    if complaint.owner_id == user.pk and user.has_perm("customers.view_unmasked"):
        shown.whole = True
    return shown


def may_open(user: User, complaint: Complaint) -> bool:
    """Whether the customer's own page is within the person's reach."""
    return complaint.customer_id is not None and reaches(user, "customers.view", complaint.customer)
