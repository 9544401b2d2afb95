"""How much a person may give for a complaint alone, and who approves more (A11)."""

from decimal import Decimal

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from complaints import owners
from complaints.models import Compensation, Complaint
from complaints.models.rules import ComplaintRules
from staff.models import User
from staff.rights import Role
from staff.scope import postings_of
from work.leaders import nearest

APPROVERS = [Role.DEPARTMENT_HEAD, Role.BRANCH_HEAD]


def alone(user: User, complaint: Complaint) -> Decimal:
    """In CNY, for all that the complaint and its customer were promised (see `compensating`)."""
    rules = ComplaintRules.of(complaint.branch_id)
    return rules.desk_limit if Role.COMPLAINT_DESK in _roles(user, complaint) else rules.clerk_limit


def check_approver(user: User, compensation: Compensation, total: Decimal):
    """ValidationError for who asked (four eyes), and where so much is for the head of the branch.

    `total`: what the complaint and its customer would be given with it.
    """
    if user.pk == compensation.asked_by_id:
        raise ValidationError(_("Somebody else must decide: you asked for it."), code="four_eyes")
    complaint = compensation.complaint
    rules = ComplaintRules.of(complaint.branch_id)
    if total > rules.head_limit and Role.BRANCH_HEAD not in _roles(user, complaint):
        raise ValidationError(_("So much is approved by the head of the branch."), code="limit")


def approvers(compensation: Compensation, total: Decimal) -> list[User]:
    """Who is asked: the nearest head above the unit, or the head of the branch for more than heads approve."""
    complaint = compensation.complaint
    if total > ComplaintRules.of(complaint.branch_id).head_limit:
        return owners.heads(complaint.branch)
    found = nearest(complaint.unit, APPROVERS, but=compensation.asked_by_id)
    return [found] if found else []


def _roles(user, complaint):
    return {posting.role for posting in postings_of(user) if posting.unit.home_id == complaint.branch_id}
