"""Customer classes."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import get_language, gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from staff.models import Unit


class Tier(models.Model):
    """A customer class such as diamond, gold, silver, ordinary: data, not code."""

    class Mark(models.TextChoices):
        DIAMOND = "diamond", _("Diamond")
        GOLD = "gold", _("Gold")
        SILVER = "silver", _("Silver")
        NONE = "none", _("No mark")

    branch = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    code = models.SlugField(_("code"), max_length=20)
    name = models.CharField(pgettext_lazy("thing", "name"), max_length=40)
    name_en = models.CharField(_("English name"), max_length=40, blank=True)
    mark = models.CharField(_("mark"), max_length=7, choices=Mark, default=Mark.NONE)
    order = models.PositiveSmallIntegerField(_("order"), help_text=_("1 is the highest."))

    class Meta:
        ordering = ["order"]
        constraints = [models.UniqueConstraint(fields=["branch", "code"], name="tier_code")]
        verbose_name = _("tier")
        verbose_name_plural = _("tiers")

    def __str__(self):
        return self.name_en if self.name_en and (get_language() or "").startswith("en") else self.name

    @classmethod
    def lowest_of(cls, branch):
        """Where a customer begins. Raises ValidationError for a branch without tiers."""
        lowest = cls.objects.filter(branch=branch).order_by("-order").first()
        if lowest is None:
            raise ValidationError(gettext("The branch has no tiers yet; set them up first."))
        return lowest
