"""What customers say when they are called back or asked by message (A22, F15, G06, peers F)."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from complaints.models.categories import OfBranch
from complaints.models.complaints import Complaint
from complaints.models.states import Area
from complaints.models.work import OfComplaint
from outreach.models import Message
from staff.models import Unit, User
from work.models import FollowUp

MARK = [MinValueValidator(1), MaxValueValidator(10)]


def mark(words, **options):
    return models.PositiveSmallIntegerField(words, validators=MARK, null=True, blank=True, **options)


class Said(models.Model):
    """Answers of one customer about one round of a complaint; marks from 1 to 10."""

    solved = models.BooleanField(_("solved"), null=True, blank=True)
    attitude = mark(_("attitude"))
    speed = mark(_("speed"))
    result = mark(_("result"))
    expectation = mark(_("what was expected"))  # satisfaction = experience − expectation (F15)
    experience = mark(_("what was experienced"))
    recommends = models.PositiveSmallIntegerField(  # 0–10 (NPS)
        _("would recommend us"), validators=[MaxValueValidator(10)], null=True, blank=True
    )
    comment = models.CharField(_("in their words"), max_length=1000, blank=True, db_default="")

    class Meta:
        abstract = True

    @property
    def gap(self) -> int | None:
        if self.expectation is None or self.experience is None:
            return None
        return self.experience - self.expectation


class CallbackAnswer(Said):
    """What was said in the callback of one round; asked again after a remedy, it is another answer of that round.

    Without a follow-up it was a caller who is no customer.
    """

    complaint = models.ForeignKey(Complaint, models.PROTECT, related_name="callback_answers")
    follow_up = models.ForeignKey(FollowUp, models.PROTECT, null=True, related_name="+")
    round = models.PositiveSmallIntegerField()
    asked = models.PositiveSmallIntegerField(default=1, db_default=1)  # which time in this round
    at = models.DateTimeField()
    by = models.ForeignKey(User, models.PROTECT, related_name="+")

    objects = OfComplaint.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["complaint", "round", "asked"], name="callback_answer_once")]

    def __str__(self):
        return f"{self.complaint_id} {self.round}"


class Survey(Said):
    """Asked by message with a link; the token is kept as a hash only. Every case counts, one survey in so many days.

    Who is not asked is a row as well, with the reason and without a token.
    """

    class NotAsked(models.TextChoices):
        REACHED = "reached", _("Reached in the callback")
        RECENTLY = "recently", _("Asked a short time ago")
        REFUSED = "refused", _("Wants no surveys")
        NOWHERE = "nowhere", _("No number to write to")
        NOBODY = "nobody", _("No customer of ours")

    complaint = models.ForeignKey(Complaint, models.PROTECT, related_name="surveys")
    round = models.PositiveSmallIntegerField()
    not_asked = models.CharField(max_length=8, choices=NotAsked, blank=True, db_default="")
    token_hash = models.CharField(max_length=64, unique=True, null=True)
    message = models.OneToOneField(Message, models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    # What was answered after a bad answer: the marks stay the bad ones, so that figures cannot be talked up.
    later = models.JSONField(null=True)

    objects = OfComplaint.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["complaint", "round"], name="survey_once"),
            models.CheckConstraint(
                name="survey_asked_or_why_not",
                condition=Q(not_asked="", token_hash__isnull=False, expires_at__isnull=False)
                | (~Q(not_asked="") & Q(token_hash=None, answered_at=None)),
            ),
            models.CheckConstraint(name="survey_answered", condition=Q(answered_at=None) | Q(result__isnull=False)),
        ]

    def __str__(self):
        return f"{self.complaint_id} {self.round}"


class Script(models.Model):
    """What is said and asked in a callback, by the regulator's class; empty: for all."""

    branch = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    area = models.CharField(_("for"), max_length=7, choices=Area, blank=True)
    text = models.TextField(_("text"))
    text_en = models.TextField(_("in English"), blank=True)

    objects = OfBranch.as_manager()

    class Meta:
        verbose_name = _("callback script")
        verbose_name_plural = _("callback scripts")
        constraints = [models.UniqueConstraint(fields=["branch", "area"], name="script_area")]

    def __str__(self):
        return self.get_area_display() or str(_("All"))

    @property
    def told(self) -> str:
        return self.text_en if self.text_en and (get_language() or "").startswith("en") else self.text
