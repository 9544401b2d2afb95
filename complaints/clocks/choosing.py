"""Which policy a complaint goes by: the first of its branch by `order` that fits (2.3, peers E 2)."""

from complaints.clocks.fields import ASKABLE
from complaints.models import Complaint, PolicyVersion


def choose(complaint: Complaint) -> PolicyVersion | None:
    """The version in use of the first policy that fits; None: what is shipped for its level holds."""
    versions = PolicyVersion.objects.filter(policy__branch=complaint.branch_id, policy__active=True, current=True)
    ordered = versions.select_related("policy", "calendar").order_by("policy__order", "policy_id")
    return next((one for one in ordered if ASKABLE.fits(one.conditions, complaint)), None)
