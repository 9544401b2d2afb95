"""What somebody looks at again and again: a list with its filter, under a name."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from staff.models.people import User
from staff.models.units import Unit
from staff.scope import postings_of, within_reach

SHARE = "staff.share_views"


class SavedViewQuerySet(models.QuerySet):
    def visible_to(self, user):
        """One's own, those of the units one works in or below of, and those of the units one leads."""
        above = {int(key) for one in postings_of(user) for key in one.unit.path.strip("/").split("/")}
        return self.filter(Q(unit=None, owner=user.pk) | Q(unit__in=above) | _led_by(user))

    def changeable_by(self, user):
        """One's own; those of a unit are its leaders'."""
        return self.filter(Q(unit=None, owner=user.pk) | _led_by(user))


def _led_by(user):
    return Q(unit__isnull=False) & within_reach(user, SHARE, unit="unit")


class SavedView(models.Model):
    """`list` is the URL name of a list, `query` what its address says: filters only, sorted. It holds no rows: whoever
    opens it sees what they reach themselves.
    """

    branch = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    owner = models.ForeignKey(User, models.PROTECT, related_name="+")  # who made it
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("for everybody of")
    )
    list = models.CharField(max_length=40)
    name = models.CharField(pgettext_lazy("thing", "name"), max_length=40)
    query = models.CharField(max_length=1000)
    pinned = models.BooleanField(_("pinned, with its number"), default=True)
    made_at = models.DateTimeField(default=timezone.now)

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "list", "name"],
                name="saved_view_own",
                condition=Q(unit=None),
                violation_error_message=_("There is a view of this name already."),
            ),
            models.UniqueConstraint(
                fields=["unit", "list", "name"],
                name="saved_view_of_unit",
                condition=Q(unit__isnull=False),
                violation_error_message=_("There is a view of this name already."),
            ),
        ]

    def __str__(self):
        return self.name


class FirstViewQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(user=user.pk)


class FirstView(models.Model):
    """With which view a list begins for one person."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    list = models.CharField(max_length=40)
    view = models.ForeignKey(SavedView, models.CASCADE, related_name="first_for")

    objects = FirstViewQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "list"], name="first_view")]

    def __str__(self):
        return f"{self.user_id} {self.list}"
