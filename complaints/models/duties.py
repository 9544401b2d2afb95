"""Which unit handles what, beyond what a class itself says: by class, level and place (D13)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from complaints.models.categories import Category, OfBranch
from complaints.models.complaints import Complaint
from complaints.models.states import Level
from staff.models import Unit


class Duty(models.Model):
    """Of those of a branch the first by `order` that fits a complaint names the unit that handles it; what is left
    empty fits everything. Without a unit it is the complaint desk.
    """

    branch = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    order = models.PositiveSmallIntegerField(_("order"), help_text=_("1 is asked first."))
    category = models.ForeignKey(
        Category, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("class"),
        help_text=_("With all that refine it; empty: for all."),
    )  # fmt: skip
    from_level = models.PositiveSmallIntegerField(_("from level"), choices=Level, default=Level.GENERAL)
    place = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("where"),
        help_text=_("Community, department or branch, with everything below it; empty: everywhere."),
    )  # fmt: skip
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("goes to"),
        help_text=_("The unit whose people handle it; empty: the complaint desk."),
    )  # fmt: skip
    active = models.BooleanField(_("in use"), default=True)

    objects = OfBranch.as_manager()

    class Meta:
        ordering = ["order"]
        verbose_name = _("rule of dispatch")
        verbose_name_plural = _("rules of dispatch")
        constraints = [models.UniqueConstraint(fields=["branch", "order"], name="duty_order")]

    def __str__(self):
        return f"{self.order}: {self.unit or _('Complaint desk')}"

    def fits(self, complaint: Complaint) -> bool:
        code = complaint.category.code if complaint.category else ""
        return (
            complaint.level >= self.from_level
            and (self.category is None or code.startswith(self.category.code))
            and (self.place is None or any(unit.path.startswith(self.place.path) for unit in _places(complaint)))
        )

    @classmethod
    def of(cls, complaint: Complaint) -> "Duty | None":
        rows = cls.objects.filter(branch=complaint.branch_id, active=True).select_related("category", "place", "unit")
        return next((one for one in rows if one.fits(complaint)), None)


def _places(complaint):
    """Where it happens: the place that was told, else where the customer is served."""
    if complaint.area_unit:
        return [complaint.area_unit]
    return [complaint.customer.unit] if complaint.customer_id and complaint.customer.unit else []
