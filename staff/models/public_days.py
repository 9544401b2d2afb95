"""Days off and made-up working days that a country decrees."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Country(models.TextChoices):
    NONE = "", _("None: open on public holidays too")
    CHINA = "CN", _("Mainland China, with make-up working days")


class PublicDay(models.Model):
    """A day unlike its weekday in a whole country. Written by `staff.public_holidays.learn` alone."""

    country = models.CharField(max_length=2, choices=Country)
    day = models.DateField()
    worked = models.BooleanField()  # a weekend day that is worked; otherwise a day off

    class Meta:
        constraints = [models.UniqueConstraint(fields=["country", "day"], name="public_day_once")]

    def __str__(self):
        return f"{self.country} {self.day:%Y-%m-%d}"
