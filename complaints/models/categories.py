"""What complaints are about, and what they come from: trees and lists that a branch keeps itself."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from complaints.models.states import Area, Level, Liability
from staff.models import Unit


def named(record) -> str:
    return record.name_en if record.name_en and (get_language() or "").startswith("en") else record.name


class OfBranch(models.QuerySet):
    def visible_to(self, user):
        return self.filter(branch__in=user.branches_today())


class CategoryQuerySet(OfBranch):
    def finest(self):
        """Those in use that no other one refines."""
        return self.filter(active=True).exclude(children__active=True)

    def with_finest(self):
        """Each with `finest`, whether it is one of those."""
        return self.annotate(finest=Exists(self.model.objects.finest().filter(pk=OuterRef("pk"))))


class Category(models.Model):
    """A class of complaints: three levels, the first the regulator's three (A24, B03, B07, B15; 2.1 no. 29).

    What is asked of a complaint of the class, and who has it first, is written here.
    """

    branch = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("class above")
    )
    code = models.CharField(_("code"), max_length=10)  # "2103": its prefix is its parent's code
    name = models.CharField(pgettext_lazy("thing", "name"), max_length=60)
    name_en = models.CharField(_("English name"), max_length=60, blank=True)
    pinyin = models.CharField(max_length=200, blank=True, editable=False)
    initials = models.CharField(max_length=60, blank=True, editable=False)
    area = models.CharField(_("the regulator's class"), max_length=7, choices=Area)
    level = models.PositiveSmallIntegerField(_("level at first"), choices=Level, default=Level.GENERAL)
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("goes to"),
        help_text=_("The unit whose people handle it; empty: the complaint desk."),
    )  # fmt: skip
    asks_person = models.BooleanField(_("asks for the person concerned"), default=False)  # B15
    asks_place = models.BooleanField(_("asks for the place"), default=False)
    disputes = models.BooleanField(_("contests a charge"), default=False)  # the bill is held (2.1 no. 14)
    active = models.BooleanField(_("active"), default=True)

    objects = CategoryQuerySet.as_manager()

    class Meta:
        ordering = ["code"]
        constraints = [models.UniqueConstraint(fields=["branch", "code"], name="category_code")]
        verbose_name = _("class of complaints")
        verbose_name_plural = _("classes of complaints")

    def __str__(self):
        return named(self)


class Cause(models.Model):
    """A root cause that is found in the end (G02)."""

    branch = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    code = models.CharField(_("code"), max_length=10)
    name = models.CharField(pgettext_lazy("thing", "name"), max_length=60)
    name_en = models.CharField(_("English name"), max_length=60, blank=True)
    liability = models.CharField(_("usually whose doing"), max_length=8, choices=Liability, default=Liability.OURS)
    active = models.BooleanField(_("active"), default=True)

    objects = OfBranch.as_manager()

    class Meta:
        ordering = ["code"]
        constraints = [models.UniqueConstraint(fields=["branch", "code"], name="cause_code")]
        verbose_name = _("root cause")
        verbose_name_plural = _("root causes")

    def __str__(self):
        return named(self)


class KeywordRule(models.Model):
    """Texts that hold one of the words are of the class: the first rule by `order` decides; for files and programs."""

    branch = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    order = models.PositiveSmallIntegerField(_("order"), help_text=_("1 is asked first."))
    words = ArrayField(models.CharField(max_length=60), verbose_name=_("words"))
    category = models.ForeignKey(Category, models.PROTECT, related_name="+", verbose_name=_("class"))

    objects = OfBranch.as_manager()

    class Meta:
        ordering = ["order"]
        constraints = [
            models.UniqueConstraint(fields=["branch", "order"], name="keyword_rule_order"),
            models.CheckConstraint(name="keyword_rule_has_words", condition=Q(words__len__gt=0)),
        ]
        verbose_name = _("keyword rule")
        verbose_name_plural = _("keyword rules")

    def __str__(self):
        return f"{self.order}: {', '.join(self.words)}"
