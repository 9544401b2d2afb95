"""Why a message was not sent, not yet, or not by itself: codes on records, sentences for readers."""

from django.utils.translation import gettext_lazy as _

REASONS = {
    # for now
    "halted": _("Sending is stopped."),
    "quiet_hours": _("Quiet hours."),
    "preferred_hours": _("Outside the hours the customer asked for."),
    "do_not_disturb": _("The customer does not want to be disturbed."),
    "frequency": _("The customer has had enough messages of this kind for now."),
    "volume": _("Far more than usual: somebody has to look first."),
    "busy": _("The gateway was busy."),
    "being_booked": _("Something is being booked on the account."),
    # for good
    "no_number": _("The customer has no number to send to."),
    "no_email": _("The customer has no email address."),
    "not_a_mobile": _("The number does not take text messages."),
    "no_text": _("Its text could not be written: a value is missing or it is too long."),
    "left": _("The customer has left the network."),
    "address_gone": _("The number or address is not the customer's any more."),
    "no_consent": _("The customer has not agreed to this."),
    "refused_consent": _("The customer refuses this."),
    "stopped": _("The customer has stopped messages of this kind."),
    "too_late": _("Its time had passed before it could be sent."),
    "never_open": _("There is no time at which it might be sent."),
    "cancelled": _("Somebody cancelled it."),
    "wave_cancelled": _("Somebody cancelled the whole set."),
    "settled_by_now": _("What it is about is settled by now."),
    "paid": _("It is paid."),
    "disputed": _("What it asks for is disputed."),
    "promise": _("The customer has promised to pay."),
    "dunning_stopped": _("Somebody stopped dunning the account."),
    "changed": _("The sum is another one by now."),
    "refused": _("The gateway refused it."),
    "tries": _("It was tried as often as it may be."),
    "undelivered": _("The network could not deliver it."),
    # in doubt
    "no_answer": _("The gateway did not answer: it may have arrived."),
    "sender_lost": _("The sender stopped in the middle: it may have arrived."),
    "resend_same": _("Sent again under the same reference: the gateway keeps it from arriving twice."),
    "absent": _("The gateway does not know it: it is sent again."),
    "found": _("The gateway has it."),
    "reported": _("A delivery report has come."),
    "resend_policy": _("No report came: messages of this kind are sent again rather than lost."),
    "needs_person": _("No report came: somebody has to decide."),
    "too_late_in_doubt": _("Its time has passed and it may have arrived: somebody has to decide."),
    "unwanted_in_doubt": _("It is not wanted any more and it may have arrived: somebody has to decide."),
    "person_arrived": _("Somebody found that it arrived."),
    "person_resend": _("Somebody had it sent again."),
    "person_gave_up": _("Somebody gave it up."),
    "held": _("Somebody holds it back."),
    "tried_anew": _("Somebody had it tried anew."),
    "released": _("Somebody released it."),
}


def text(code) -> str:
    """The sentence in the reader's language. A code that a guard of another app made up is shown as it is."""
    return str(REASONS.get(code, code))
