"""Who looks after a customer, by the day."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Q

from customers.models.customer import Customer
from staff.models import User
from staff.models.dated import DatedQuerySet, DateRange


class ManagerAssignment(models.Model):
    """Who is the account manager from one day to another; exactly one at a date, a second is refused (H25)."""

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="assignments")
    manager = models.ForeignKey(User, models.PROTECT, related_name="+")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    released = models.BooleanField(default=False, db_default=False)  # it ends because somebody released the customer

    objects = DatedQuerySet.as_manager()

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="assignment_one_at_a_date",
                expressions=[
                    (F("customer"), RangeOperators.EQUAL),
                    (DateRange(F("valid_from"), F("valid_to"), RangeBoundary()), RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(
                name="assignment_days_in_order", condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from"))
            ),
        ]

    def __str__(self):
        return f"{self.customer_id}: {self.manager_id}"
