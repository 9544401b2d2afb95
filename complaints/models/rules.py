"""The numbers complaints are judged by: one row for a branch, every one of them a parameter (domain 2.1, 2.3, 4.1)."""

from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from door.kept import Kept
from staff.models import Unit


def between(least, most):
    return [MinValueValidator(least), MaxValueValidator(most)]


def small(words, default, most=1000):
    return models.PositiveSmallIntegerField(words, default=default, db_default=default, validators=between(0, most))


class ComplaintRules(models.Model):
    class LegalDays(models.TextChoices):
        CALENDAR = "calendar", _("Calendar days")
        WORKING = "working", _("Working days")

    class WhenDissatisfied(models.TextChoices):
        REOPEN = "reopen", _("Reopen the complaint, one level up")
        REMEDY = "remedy", _("A remedy, and ask again")

    branch = models.OneToOneField(Unit, models.PROTECT, related_name="complaint_rules")
    # The last day to answer before the customer may appeal: 15 calendar days from the first receipt (2.1 nos. 1, 5).
    legal_days = models.PositiveSmallIntegerField(_("days the law allows"), default=15, validators=between(1, 60))
    legal_in = models.CharField(_("counted in"), max_length=8, choices=LegalDays, default=LegalDays.CALENDAR)
    warned_day = models.PositiveSmallIntegerField(_("warning on day"), default=10, validators=between(1, 60))
    critical_day = models.PositiveSmallIntegerField(_("critical on day"), default=13, validators=between(1, 60))
    appeal_days = models.PositiveSmallIntegerField(
        _("working days in which the regulator decides on an appeal"), default=5, validators=between(1, 60)
    )
    answer_days = models.PositiveSmallIntegerField(
        _("days in which the regulator answers"), default=30, validators=between(1, 90)
    )
    repeat_days = models.PositiveSmallIntegerField(_("days in which the same class is repeated"), default=30)
    batch = models.PositiveSmallIntegerField(_("as many of one class a day are a batch"), default=5)
    batch_hours = models.PositiveSmallIntegerField(_("hours in which an incident is suggested"), default=24)
    transfers = models.PositiveSmallIntegerField(_("more transfers than these ring"), default=3)
    untouched_hours = models.PositiveSmallIntegerField(_("working hours untouched ring"), default=4)
    dispatch_minutes = models.PositiveSmallIntegerField(
        _("minutes until an untouched complaint is dispatched"), default=30, db_default=30, help_text=_("0: never.")
    )
    wait_days = models.PositiveSmallIntegerField(_("days it may wait for the customer"), default=3)
    reopen_days = models.PositiveSmallIntegerField(_("days in which it may be reopened"), default=30)
    unmerge_days = models.PositiveSmallIntegerField(_("days in which a merge is taken back"), default=30)
    callback_hours = models.PositiveSmallIntegerField(_("hours until the callback"), default=48)
    fcr_days = models.PositiveSmallIntegerField(_("days without another contact: solved at once"), default=7)
    survey_days = models.PositiveSmallIntegerField(_("days between two surveys of a customer"), default=30)
    survey_valid_days = models.PositiveSmallIntegerField(_("days a survey may be answered"), default=14)
    survey_all = models.BooleanField(
        _("survey everybody"),
        default=False,
        db_default=False,
        help_text=_("Otherwise those who were not reached in the callback."),
    )
    when_dissatisfied = models.CharField(  # in the callback or in a survey (A22)
        _("when the customer is dissatisfied"),
        max_length=6, choices=WhenDissatisfied, default=WhenDissatisfied.REOPEN, db_default=WhenDissatisfied.REOPEN,
    )  # fmt: skip
    suggestion_days = models.PositiveSmallIntegerField(
        _("days until a suggestion is answered"), default=15, db_default=15, validators=between(1, 90)
    )
    # What a person may promise alone, in CNY; above it somebody else approves (A11).
    clerk_limit = models.DecimalField(_("compensation by clerks"), max_digits=10, decimal_places=2, default=Decimal(50))
    desk_limit = models.DecimalField(
        _("compensation by the complaint desk"), max_digits=10, decimal_places=2, default=Decimal(200)
    )
    head_limit = models.DecimalField(
        _("compensation approved by heads of departments"), max_digits=10, decimal_places=2, default=Decimal(2000)
    )
    # Rules of thumb of the trade, shown as such (G08, G09).
    silent_share = models.DecimalField(
        _("share of the dissatisfied who complain, in %"), max_digits=4, decimal_places=1, default=Decimal(4)
    )
    told_on = models.PositiveSmallIntegerField(_("people a dissatisfied customer tells"), default=10)
    leave_share = models.DecimalField(
        _("complainers who leave where nothing is done, in %"), max_digits=4, decimal_places=1, default=Decimal(81)
    )
    tell_many_share = small(_("share of the dissatisfied who tell many more, in %"), 20, 100)
    told_many = small(_("people whom each of these tells"), 20)
    good_to_repair = small(_("good services that make up for a bad one"), 12)
    good_told_on = small(_("people a well served customer tells"), 5)
    loyal_share = small(_("complainers who stay loyal once it is solved, in %"), 95, 100)
    loyal_worth = small(_("purchases that a loyal customer is worth"), 10)
    keep_worth = small(_("visits to new customers that keeping one is worth"), 60)
    growth = small(_("growth in a year that is too little, in %"), 1, 100)
    growth_lost = small(_("market share lost with so little growth, in %"), 2, 100)

    class Meta:
        verbose_name = _("rules of complaints")
        verbose_name_plural = _("rules of complaints")
        constraints = [
            models.CheckConstraint(
                name="complaint_rules_legal",
                condition=Q(warned_day__lt=F("critical_day"), critical_day__lte=F("legal_days")),
            ),
            models.CheckConstraint(name="complaint_rules_silent", condition=Q(silent_share__gt=0)),
        ]

    def __str__(self):
        return str(self.branch)

    @classmethod
    def of(cls, branch):
        """The rules of a branch (record or id); the defaults where nobody has set any."""
        branch_id = getattr(branch, "pk", branch)
        return next(iter(OF_BRANCH(branch_id)), None) or cls(branch_id=branch_id)


OF_BRANCH = Kept(lambda branch: ComplaintRules.objects.filter(branch=branch))
