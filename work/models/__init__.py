"""What is owed to customers by people: follow-ups, and the notices that ring them."""

from work.models.follow_ups import Attempt, FollowUp, Note
from work.models.notices import Notice
from work.models.rules import Escalation, EscalationStep, FollowUpRules

__all__ = ["Attempt", "Escalation", "EscalationStep", "FollowUp", "FollowUpRules", "Note", "Notice"]
