"""What must be known about a customer before somebody writes: beside their name on their page."""

from django.utils import timezone
from django.utils.translation import gettext as _

from customers.header import Mark
from customers.masking import reaches
from outreach.consents import SILENT
from outreach.kinds import Purpose
from outreach.models import Consent, ContactPreference


def undisturbed(preference):
    """Until when they do not want to be disturbed; None where that is over or was never said."""
    until = preference and preference.do_not_disturb_until
    return until if until and until > timezone.now() else None


def marks(customer, user):
    """Do not disturb, and marketing refused, for whoever sees the customer's messages."""
    if not reaches(user, "outreach.view", customer):
        return
    until = undisturbed(ContactPreference.objects.filter(customer=customer).first())
    if until:
        day = timezone.localtime(until).strftime("%Y-%m-%d %H:%M")
        yield Mark(_("Do not disturb until %(day)s") % {"day": day}, "warn", "bell-slash", "#panel-messages")
    said = Consent.objects.filter(customer=customer, purpose=Purpose.MARKETING_SMS).current().first()
    if said and said.word in SILENT:
        yield Mark(_("No marketing"), "plain", "no-symbol", "#panel-messages")
