"""The narrow side table that answers a search by name at every key stroke."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.db.models.functions import Left, Substr

from customers.models.customer import Customer
from staff.models import Unit, User

PERSON = Q(is_group=False)
TWO_READINGS = ~Q(other_pinyin="")


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
    grams = ArrayField(models.TextField(), null=True)  # of names with parts: customers.search.words, "@b1", "@u31"
    rank = models.SmallIntegerField()  # 0-59, lower comes first: in the network, tier, days since the last contact
    branch = models.ForeignKey(Unit, models.PROTECT, related_name="+", db_index=False)
    area = models.ForeignKey(Unit, models.PROTECT, related_name="+", db_index=False)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", db_index=False)
    manager = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        verbose_name_plural = "search entries"
        indexes = [
            models.Index("area", Left("name", 1), "rank", name="entry_first_character"),
            models.Index(fields=["area", "name", "rank"], name="entry_name"),
            models.Index("area", Substr("name", 2), "rank", name="entry_given_name", condition=PERSON),
            models.Index("area", Left("initials", 1), "rank", name="entry_first_initial"),
            models.Index(fields=["area", "initials", "rank"], name="entry_initials"),
            models.Index("area", Substr("initials", 2), "rank", name="entry_given_initials", condition=PERSON),
            models.Index(fields=["area", "pinyin", "rank"], name="entry_pinyin"),
            models.Index(
                fields=["area", "other_initials", "rank"], name="entry_other_initials", condition=TWO_READINGS
            ),
            models.Index(fields=["area", "other_pinyin", "rank"], name="entry_other_pinyin", condition=TWO_READINGS),
            models.Index(fields=["manager"], name="entry_manager", condition=Q(manager__isnull=False)),
            GinIndex(fields=["grams"], name="entry_grams", gin_pending_list_limit=256),
        ]

    def __str__(self):
        return self.name
