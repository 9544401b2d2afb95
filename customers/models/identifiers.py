"""Every number that finds a customer."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Func, Q, TextField
from django.db.models.functions import Reverse, Right
from django.utils.translation import gettext_lazy as _

from customers.models.customer import Customer
from customers.models.lines import Line
from staff.models import Unit, User
from staff.scope import within_reach

SPELLED_OUT = ~Q(kind="id_document")  # whose text may be searched by its parts


class InnerParts(Func):
    """Four characters at each place inside a value, neither its first nor its last four; "u31" for its unit, "m7" for
    its account manager."""

    function = "customers_inner_parts"
    output_field = ArrayField(TextField())


class IdentifierQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Whoever may see the customer; asked of the customer itself, of which this row holds copies."""
        return self.reached_with("customers.view", user)

    def reached_with(self, right, user):
        reach = {"unit": "customer__unit", "owner": "customer__manager", "branch": "customer__branch"}
        return self.filter(within_reach(user, right, **reach))


class Identifier(models.Model):
    """A number as written, and as searched: digits and upper-case letters only.

    An ID document is kept as a keyed hash in `value` and a masked form in `written`; its text is nowhere.
    `unit`, `manager` and `rank` are copied from the customer by `customers.search.index`, so that one index answers a
    search within a person's reach.
    """

    class Kind(models.TextChoices):
        CUSTOMER = "customer", _("Customer number")
        SERVICE = "service", _("Service number")
        CONTACT = "contact", _("Contact number")
        CARD = "card", _("Card number")
        CONTRACT = "contract", _("Contract number")
        ID_DOCUMENT = "id_document", _("ID document")

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="identifiers", db_index=False)
    line = models.ForeignKey(Line, models.CASCADE, null=True, related_name="+", db_index=False)
    kind = models.CharField(max_length=11, choices=Kind)
    written = models.CharField(max_length=64)
    value = models.CharField(max_length=64, db_collation="C")
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)  # an old number still finds, marked as old
    branch = models.ForeignKey(Unit, models.PROTECT, related_name="+", db_index=False)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", db_index=False)
    manager = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", db_index=False)
    rank = models.IntegerField(default=0)

    objects = IdentifierQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["customer", "kind", "value"], name="identifier_once")]
        indexes = [
            models.Index(fields=["value"], name="identifier_document", condition=Q(kind="id_document")),
            models.Index(fields=["branch", "value", "rank"], name="identifier_branch", condition=SPELLED_OUT),
            models.Index(fields=["unit", "value", "rank"], name="identifier_unit", condition=SPELLED_OUT),
            models.Index(
                fields=["manager", "value"],
                name="identifier_manager",
                condition=SPELLED_OUT & Q(manager__isnull=False),
            ),
            models.Index(Right("value", 4), "rank", name="identifier_last_four", condition=SPELLED_OUT),
            models.Index(Reverse("value"), name="identifier_reversed", condition=SPELLED_OUT),
            GinIndex(
                InnerParts("value", "unit", "manager"),
                name="identifier_inner_parts",
                condition=SPELLED_OUT,
                gin_pending_list_limit=256,  # KB: a bulk load stays four times as fast, a search reads 0.2 ms more
            ),
        ]

    def __str__(self):
        return self.written
