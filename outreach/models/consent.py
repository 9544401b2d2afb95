"""What customers agreed to, and when they want to be left in peace (domain 2.1 nos. 19–22)."""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now, Upper
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.models import Customer, Interaction
from outreach.kinds import Purpose
from outreach.models.incoming import Inbound
from staff.models import User
from staff.models.units import known_time_zone
from staff.scope import within_reach

OF_CUSTOMER = {"unit": "customer__unit", "owner": "customer__manager", "branch": "customer__branch"}


class ConsentQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(within_reach(user, "outreach.view", **OF_CUSTOMER))

    def current(self):
        """The latest word of each customer for each purpose."""
        return self.order_by("customer", "purpose", "-id").distinct("customer", "purpose")


class Consent(models.Model):
    """One word of a customer about one purpose, with its proof; never changed, the latest counts.

    Without a row there is no consent: silence is refusal. Operations: `outreach.consents`.
    """

    class Word(models.TextChoices):
        GIVEN = "given", pgettext_lazy("consent", "Given")
        REFUSED = "refused", pgettext_lazy("consent", "Refused")
        WITHDRAWN = "withdrawn", pgettext_lazy("consent", "Withdrawn")

    class How(models.TextChoices):
        HALL = "hall", _("Form in the hall")
        SMS = "sms", _("SMS")
        CALL = "call", _("Telephone")
        WEB = "web", _("Internet")

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="consents", db_index=False)
    purpose = models.CharField(_("purpose"), max_length=15, choices=Purpose)
    word = models.CharField(_("word"), max_length=9, choices=Word)
    how = models.CharField(_("how"), max_length=4, choices=How)
    proof = models.CharField(_("proof"), max_length=300, blank=True)
    interaction = models.ForeignKey(Interaction, models.PROTECT, null=True, related_name="+")
    inbound = models.ForeignKey(Inbound, models.PROTECT, null=True, related_name="+")
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")  # null: the customer alone, by SMS
    at = models.DateTimeField(db_default=Now())

    objects = ConsentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="consent_given_has_proof",
                condition=~Q(word="given") | ~Q(proof="") | Q(interaction__isnull=False) | Q(inbound__isnull=False),
            )
        ]
        indexes = [models.Index(fields=["customer", "purpose", "-id"], name="consent_current")]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self):
        return f"{self.purpose} {self.word}"


class ContactPreferenceQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(within_reach(user, "outreach.view", **OF_CUSTOMER))


class ContactPreference(models.Model):
    """When and where a customer wants to be reached. No zone: that of the unit that serves them."""

    customer = models.OneToOneField(Customer, models.CASCADE, primary_key=True, related_name="contact_preference")
    do_not_disturb_until = models.DateTimeField(_("do not disturb until"), null=True, blank=True)
    hours_from = models.TimeField(_("best from"), null=True, blank=True)
    hours_to = models.TimeField(_("best until"), null=True, blank=True)
    zone = models.CharField(_("time zone"), max_length=40, blank=True, validators=[known_time_zone])
    email = models.EmailField(_("email address"), blank=True)
    version = models.PositiveIntegerField(default=0)

    objects = ContactPreferenceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="preference_hours_in_order",
                condition=Q(hours_from=None, hours_to=None) | Q(hours_from__lt=models.F("hours_to")),
            )
        ]
        indexes = [models.Index(Upper("email"), name="preference_email", condition=~Q(email=""))]

    def __str__(self):
        return f"#{self.pk}"
