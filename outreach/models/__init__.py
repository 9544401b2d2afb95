"""Messages to customers: what is owed, tried, answered; who agreed to what."""

from outreach.models.consent import Consent, ContactPreference
from outreach.models.incoming import DeliveryReport, Inbound, InboundPart
from outreach.models.messages import Attempt, Decision, Message
from outreach.models.rules import Breaker, Halt, Rules
from outreach.models.templates import Template
from outreach.models.waves import Wave

__all__ = [
    "Attempt",
    "Breaker",
    "Consent",
    "ContactPreference",
    "Decision",
    "DeliveryReport",
    "Halt",
    "Inbound",
    "InboundPart",
    "Message",
    "Rules",
    "Template",
    "Wave",
]
