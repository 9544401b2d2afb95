"""The events that may be told to other systems: an audit event's verb, or all of a kind ("customer.*").

A kind is told by its name and the ids and numbers it concerns; what it says of a person stays in the house.
"""

from django.utils.translation import gettext_lazy as _

TEST = "webhook.test"  # sent on demand, never subscribed to
KINDS = {
    "customer.*": _("Everything about the customer"),
    "customer.opened": _("Customer opened"),
    "customer.imported": _("Customer brought in by a file"),
    "customer.changed": _("Customer details changed"),
    "customer.tier_changed": _("Tier changed"),
    "customer.locked_high_value": _("Locked as high-value"),
    "customer.unlocked_high_value": _("No longer locked as high-value"),
    "customer.number_added": _("Number added"),
    "customer.number_ended": _("Number no longer in use"),
    "customer.manager_assigned": _("Account manager assigned"),
    "customer.manager_released": _("Account manager released"),
    "customer.assignment_withdrawn": _("Booked account manager withdrawn"),
    "line.*": _("Everything about lines"),
    "line.plan_changed": _("Plan of a line changed"),
    "interaction.*": _("Everything about contacts"),
    "interaction.recorded": _("Contact recorded"),
    "interaction.followed_up": _("Follow-up done"),
    "interaction.open_again": _("Follow-up open again"),
    "follow_up.*": _("Everything about follow-ups"),
    "follow_up.made": _("Follow-up planned"),
    "follow_up.due": _("Follow-up due"),
    "follow_up.tried": _("Customer tried to be reached"),
    "follow_up.done": _("Follow-up answered"),
    "follow_up.unreachable": _("Customer not reached"),
    "follow_up.rescheduled": _("Follow-up moved"),
    "follow_up.handed_over": _("Follow-up handed over"),
    "follow_up.cancelled": _("Follow-up cancelled"),
    "follow_up.broken": _("Promise broken"),
    "follow_up.escalated": _("Late follow-up escalated"),
    "account.*": _("Everything about accounts"),
    "account.opened": _("Account opened"),
    "account.changed": _("Account changed"),
    "bill.*": _("Everything about bills"),
    "bill.issued": _("Bill issued"),
    "bill.adjusted": _("Bill adjusted"),
    "payment.*": _("Everything about payments"),
    "payment.booked": _("Payment booked"),
    "payment.taken": _("Payment taken at the counter"),
    "payment.reversed": _("Payment taken back"),
    "dunning.*": _("Everything about dunning"),
    "dunning.opened": _("Dunning begun"),
    "dunning.step_done": _("Step of dunning done"),
    "dunning.closed": _("Dunning ended"),
    "service_request.*": _("Everything about requests to the billing system"),
    "service_request.asked": _("Billing system asked"),
    "service_request.accepted": _("Billing system has begun"),
    "service_request.confirmed": _("Billing system has confirmed"),
    "service_request.refused": _("Billing system has refused"),
    "service_request.withdrawn": _("Request withdrawn"),
    "message.*": _("Everything about messages"),
    "message.queued": _("Message planned"),
    "message.sent": _("Message sent"),
    "message.delivered": _("Message delivered"),
    "message.failed": _("Message failed"),
    "message.cancelled": _("Message cancelled"),
    "message.expired": _("Message too late to be sent"),
    "consent.*": _("Everything about consent"),
    "consent.given": _("Consent given"),
    "consent.refused": _("Consent refused"),
    "consent.withdrawn": _("Consent withdrawn"),
}


def label(kind):
    """What people read; a kind of another release by its name."""
    return _("Test event") if kind == TEST else KINDS.get(kind, kind)
