"""Whether a person's rights reach a complaint at hand: what the rows of `Complaint.objects` ask the database."""

from complaints.classing.reviewing import RIGHT as IMPORT
from complaints.models import Complaint
from complaints.models.complaints import HANDLE, LEAD
from staff.models import User
from staff.scope import holds, scope_of


def handles(user: User, complaint: Complaint) -> bool:
    """As `handled_by`."""
    mine = complaint.owner_id == user.pk and complaint.branch_id in user.branches_today()
    return (mine and holds(user, HANDLE)) or _is_of_people(user, HANDLE, complaint)


def leads(user: User, complaint: Complaint) -> bool:
    """As `led_by`."""
    scope = scope_of(user, LEAD)
    return complaint.branch_id in scope.branches or complaint.unit_id in scope.units


def classes(user: User, complaint: Complaint) -> bool:
    """As `acts.classes`: whoever leads; whoever handles or brought in what has no class yet."""
    if leads(user, complaint):
        return True
    scope = scope_of(user, IMPORT)
    brought_in = complaint.branch_id in scope.branches or complaint.unit_id in scope.units
    return complaint.category_id is None and (handles(user, complaint) or (complaint.imported and brought_in))


def _is_of_people(user, right, complaint):
    """As `of_people`."""
    scope, customer = scope_of(user, right), complaint.customer
    own = scope.own and customer is not None and customer.manager_id == user.pk
    here = {complaint.unit_id, complaint.accepted_unit_id} | ({customer.unit_id} if customer else set())
    return own or complaint.branch_id in scope.branches or not scope.units.isdisjoint(here)
