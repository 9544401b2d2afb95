"""Communities: the smallest operating area (C01-C09). The unit carries name, place in the tree and dates."""

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

    unit = models.OneToOneField(Unit, models.PROTECT, related_name="community_profile")
    setting = models.CharField(max_length=5, choices=Setting)
    sort = models.CharField(max_length=20, choices=Sort)
    stands_alone = models.BooleanField(default=False)  # a large village without a township (C05)
    households = models.PositiveIntegerField(null=True)
    basis = models.JSONField(default=dict)  # place, administration, people, traffic (C06)

    class Meta:
        verbose_name_plural = "communities"

    def __str__(self):
        return str(self.unit)
