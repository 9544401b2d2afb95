"""Words that several records of this app share."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class MessageClass(models.TextChoices):
    """What a message is for decides when, how often and to whom it may go (domain 2.1 no. 21)."""

    SERVICE = "service", pgettext_lazy("message", "Service")
    CARE = "care", pgettext_lazy("message", "Care")
    MARKETING = "marketing", pgettext_lazy("message", "Marketing")


class Channel(models.TextChoices):
    SMS = "sms", _("SMS")
    EMAIL = "email", _("Email")


class Purpose(models.TextChoices):
    """What a customer agrees to or refuses, each by itself (domain 2.1 no. 19)."""

    MARKETING_SMS = "marketing_sms", _("Marketing by SMS")
    MARKETING_EMAIL = "marketing_email", _("Marketing by email")
    MARKETING_CALL = "marketing_call", _("Marketing by telephone")
    CARE = "care", _("Greetings")
    SURVEY = "survey", _("Surveys")
    PROFILING = "profiling", _("Profiling")
