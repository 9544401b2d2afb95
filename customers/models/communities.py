"""Communities: the smallest operating area (C01-C09). The unit carries name, place in the tree and dates."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from staff.models import Unit


class Community(models.Model):
    """Profile of a unit of kind community. At most two levels below a department (C05)."""

    class Setting(models.TextChoices):
        URBAN = "urban", _("Urban")
        RURAL = "rural", _("Rural")

    class Sort(models.TextChoices):
        GOVERNMENT = "government_community", _("Government community")
        ESTATE = "large_estate", _("Large estate")
        BUSINESS = "business_district", _("Business district")
        TOWNSHIP = "township", _("Township")
        VILLAGE = "village", _("Village")

    unit = models.OneToOneField(Unit, models.PROTECT, related_name="community_profile", verbose_name=_("unit"))
    setting = models.CharField(_("setting"), max_length=5, choices=Setting)
    sort = models.CharField(_("sort"), max_length=20, choices=Sort)
    stands_alone = models.BooleanField(_("stands alone"), default=False)  # a large village without a township (C05)
    households = models.PositiveIntegerField(_("households"), null=True, blank=True)
    basis = models.JSONField(default=dict)  # place, administration, people, traffic (C06)

    class Meta:
        verbose_name = _("community profile")
        verbose_name_plural = _("community profiles")

    SETTINGS = {
        Sort.GOVERNMENT: Setting.URBAN,
        Sort.ESTATE: Setting.URBAN,
        Sort.BUSINESS: Setting.URBAN,
        Sort.TOWNSHIP: Setting.RURAL,
        Sort.VILLAGE: Setting.RURAL,
    }

    def __str__(self):
        return str(self.unit)

    def clean(self):
        """Town and country apart (C04, C07); a village has its township, unless it is large enough (C05)."""
        if self.sort and self.SETTINGS[self.sort] != self.setting:
            raise ValidationError({"sort": _("There is no community of this sort in this setting.")})
        if self.unit_id is not None:
            self._judge_place()

    def _judge_place(self):
        if self.sort == self.Sort.VILLAGE and not self.stands_alone and not self._in_township():
            raise ValidationError(
                {"sort": _("A village stands under a township, unless it is marked as standing alone.")}
            )
        if self.sort and self.sort != self.Sort.TOWNSHIP and self._has_villages():
            raise ValidationError({"sort": _("Villages stand under it: it stays a township.")})

    def _in_township(self):
        return Community.objects.filter(unit=self.unit.parent, sort=self.Sort.TOWNSHIP).exists()

    def _has_villages(self):
        below = Community.objects.filter(unit__parent=self.unit, unit__valid_to=None)
        return below.filter(sort=self.Sort.VILLAGE, stands_alone=False).exists()


def refuse_misplaced(unit: Unit) -> None:
    """Called in the transaction that moves `unit`. Raises ValidationError where its profile cannot stand (C05)."""
    profile = Community.objects.filter(unit=unit).first()
    if profile:
        profile.unit = unit
        profile.clean()
