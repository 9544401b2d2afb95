"""Bills that are far above the usual, and who tells the customer (domain 2.1 no. 11)."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from billing.models.accounts import VIEW, reached
from billing.models.bills import Bill
from staff.models import Unit
from work.models import FollowUp


class BillShockQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(reached(user, VIEW, "bill__account__"))


class BillShock(models.Model):
    """The bill's month came to `amount` where `usual` was the average before; found once for a bill."""

    branch = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    bill = models.OneToOneField(Bill, models.PROTECT, related_name="shock")
    amount = models.DecimalField(_("amount"), max_digits=12, decimal_places=2)
    usual = models.DecimalField(_("usual"), max_digits=12, decimal_places=2)
    found_at = models.DateTimeField(db_default=Now())
    follow_up = models.OneToOneField(FollowUp, models.PROTECT, related_name="+")

    objects = BillShockQuerySet.as_manager()

    class Meta:
        verbose_name = _("unusually high bill")
        verbose_name_plural = _("unusually high bills")
        indexes = [models.Index(fields=["branch", "-id"], name="shock_of_branch")]

    def __str__(self):
        return str(self.bill)
