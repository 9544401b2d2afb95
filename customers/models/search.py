"""The narrow side table that answers a search by name at every key stroke."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from customers.models.customer import Customer
from staff.models import Unit, User


class SearchEntry(models.Model):
    """Name keys of one customer, lower case, beside what scope and order need. Kept by `customers.search.index`.

    `area` is the unit directly below the branch over the customer's unit (the branch itself where there is none): every
    key is indexed by area, so that a whole branch is a dozen probes and a community one.
    """

    customer = models.OneToOneField(Customer, models.CASCADE, primary_key=True, related_name="search_entry")
    is_group = models.BooleanField()
    name = models.CharField(max_length=200, db_collation="C")
    initials = models.CharField(max_length=100, db_collation="C")
    pinyin = models.CharField(max_length=400, db_collation="C")
    other_initials = models.CharField(max_length=100, db_collation="C", default="")  # by a family name's second reading
    other_pinyin = models.CharField(max_length=400, db_collation="C", default="")
    grams = ArrayField(models.TextField(), null=True)  # pairs of characters of groups, heads of Latin words of all
    rank = models.SmallIntegerField()  # 0-59, lower comes first: in the network, tier, days since the last contact
    branch = models.ForeignKey(Unit, models.PROTECT, related_name="+", db_index=False)
    area = models.ForeignKey(Unit, models.PROTECT, related_name="+", db_index=False)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", db_index=False)
    manager = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        verbose_name_plural = "search entries"

    def __str__(self):
        return self.name
