"""What must be known about a customer before somebody writes: beside their name on their page."""

from django.db.models import Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.header import Mark
from customers.masking import reaches
from customers.models import Customer
from outreach.consents import SILENT
from outreach.kinds import Purpose
from outreach.models import Consent


def undisturbed(until):
    """The moment until which they do not want to be disturbed; None where it is over or was never said."""
    return until if until and until > timezone.now() else None


def marks(customer, user):
    """Do not disturb, and marketing refused, for whoever sees the customer's messages. One query."""
    if not reaches(user, "outreach.view", customer):
        return
    said = Consent.objects.filter(customer=customer, purpose=Purpose.MARKETING_SMS).order_by("-pk")
    word = Subquery(said.values("word")[:1])
    until, word = Customer.objects.values_list("contact_preference__do_not_disturb_until", word).get(pk=customer.pk)
    if undisturbed(until):
        day = timezone.localtime(until).strftime("%Y-%m-%d %H:%M")
        yield Mark(_("Do not disturb until %(day)s") % {"day": day}, "warn", "bell-slash", "#panel-messages")
    if word in SILENT:
        yield Mark(_("No marketing"), "plain", "no-symbol", "#panel-messages")
