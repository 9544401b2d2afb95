"""Texts that are sent again and again."""

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import get_language, gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from audit.trail import record
from outreach import texts
from outreach.kinds import Channel, MessageClass
from staff.models import Unit

CHANGEABLE = (
    "purpose", "message_class", "channel", "name", "name_en", "subject_zh", "subject_en", "text_zh", "text_en",
    "any_time", "policy", "valid_for", "active",
)  # fmt: skip


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

    def clean(self):
        """Both texts are sound with the samples of their purpose, as they would be sent."""
        problems = {}
        for name in ("text_zh", "text_en", "subject_zh", "subject_en"):
            try:
                self._check(name)
            except ValidationError as error:
                problems[name] = error
        if self.any_time and self.message_class != MessageClass.SERVICE:
            problems["any_time"] = gettext("Only service messages may go at any hour.")
        if problems:
            raise ValidationError(problems)

    def _check(self, name):
        text, language = getattr(self, name), name.removeprefix("text_").removeprefix("subject_")
        self._check_variables(text)
        if name.startswith("subject_"):
            if self.channel == Channel.EMAIL and not text.strip():
                raise ValidationError(gettext("An email needs a subject."))
            return
        self.finished(language, texts.samples(self.purpose, language))

    def _check_variables(self, text):
        """What the purpose knows; a text that the product sends by its code, also only what it fills in there."""
        texts.check(text, self.purpose)
        if self.code in texts.PURPOSES:
            texts.check(text, self.code)

    def finished(self, language, values) -> str:
        """The text as it is sent. ValidationError where a value is missing or it is too long."""
        shape = {"message_class": self.message_class, "channel": self.channel, "language": language}
        return texts.finished(texts.fill(self.text_in(language), values), **shape)

    @classmethod
    @transaction.atomic
    def compose(cls, *, by, branch, code, **fields):
        """A new template of the branch. ValidationError by field."""
        made = cls(branch=branch, code=code, **_known(fields))
        made._insert()
        record(made, "template.composed", by=by, code=code, **_kept(made))
        return made

    def _insert(self):
        self.full_clean()
        try:
            with transaction.atomic():
                self.save(force_insert=True)
        except IntegrityError:  # somebody took the code at the same moment: say so like any other time
            self.full_clean()
            raise

    @transaction.atomic
    def change(self, *, by, version, **fields):
        """Change what is written; `version` is the one the person saw. What is queued already stays as it is.

        Returns the names of what differs. ValidationError by field, or where somebody saved in between.
        """
        current = Template.objects.select_for_update().get(pk=self.pk)
        if current.version != version:
            raise ValidationError(gettext("Somebody else changed this template in the meantime."))
        differs = {name for name, value in _known(fields).items() if getattr(current, name) != value}
        if differs:
            for name in differs:
                setattr(current, name, fields[name])
            current.version += 1
            current.full_clean()
            current.updated_at = Now()
            current.save()
            record(current, "template.changed", by=by, version=current.version, fields=differs, **_kept(current))
        self.refresh_from_db()
        return differs


def _known(fields):
    if unknown := fields.keys() - set(CHANGEABLE):
        raise TypeError(f"templates have no {sorted(unknown)}")
    return fields


def _kept(template):
    """What a version said, so that it can be read again."""
    return {"text_zh": template.text_zh, "text_en": template.text_en, "active": template.active}
