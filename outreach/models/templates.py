"""Texts that are sent again and again."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from outreach.kinds import Channel, MessageClass
from staff.models import Unit


class TemplateQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The texts of a branch are no secret in it."""
        return self.filter(branch__in=user.branches_today())


class Template(models.Model):
    """One text in both languages, with `{names}` that `outreach.texts` allows for its purpose.

    `any_time`: the customer waits for it, or it is about safety; quiet hours do not hold it back. `valid_for`: later
    than this it is not sent any more. `policy`: what happens at a gateway that can neither be asked nor told the same
    twice, when nobody knows whether a message has arrived.
    """

    class Policy(models.TextChoices):
        AT_MOST_ONCE = "at_most_once", _("Never twice: a person decides")
        AT_LEAST_ONCE = "at_least_once", _("Rather twice than never")

    branch = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    code = models.SlugField(_("code"), max_length=40)
    purpose = models.SlugField(_("purpose"), max_length=40, default="general")  # of outreach.texts.PURPOSES
    message_class = models.CharField(_("class"), max_length=9, choices=MessageClass)
    channel = models.CharField(_("channel"), max_length=5, choices=Channel, default=Channel.SMS)
    name = models.CharField(pgettext_lazy("thing", "name"), max_length=100)
    name_en = models.CharField(_("English name"), max_length=100, blank=True)
    subject_zh = models.CharField(_("subject, Chinese"), max_length=100, blank=True)
    subject_en = models.CharField(_("subject, English"), max_length=100, blank=True)
    text_zh = models.TextField(_("text, Chinese"), max_length=500)
    text_en = models.TextField(_("text, English"), max_length=1000)
    any_time = models.BooleanField(_("at any hour"), default=False)
    policy = models.CharField(_("when in doubt"), max_length=13, choices=Policy, default=Policy.AT_MOST_ONCE)
    valid_for = models.DurationField(_("valid for"), null=True, blank=True)
    active = models.BooleanField(_("in use"), default=True)
    version = models.PositiveIntegerField(default=1, editable=False)
    updated_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = TemplateQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["branch", "code"], name="template_code"),
            models.CheckConstraint(
                name="template_any_time_is_service", condition=Q(any_time=False) | Q(message_class="service")
            ),
            models.CheckConstraint(
                name="template_email_has_subject", condition=Q(channel="sms") | (~Q(subject_zh="") & ~Q(subject_en=""))
            ),
        ]
        verbose_name = _("template")
        verbose_name_plural = _("templates")

    def __str__(self):
        return self.name_en if self.name_en and (get_language() or "").startswith("en") else self.name

    def text_in(self, language):
        return self.text_en if language.startswith("en") else self.text_zh

    def subject_in(self, language):
        return self.subject_en if language.startswith("en") else self.subject_zh
