"""The customer, and what may be done with one."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from audit.trail import record
from customers import numbers, pinyin
from customers.models.looked_after import LookedAfter
from customers.models.numbered import Numbered
from customers.models.series import NumberSeries
from customers.models.tiers import Tier
from customers.search.index import index
from staff.models import Unit, User
from staff.scope import within_reach

CHANGEABLE = ("name", "kind", "language", "birthday", "address", "community", "joined_on")


class ChangedMeanwhile(ValidationError):
    """Somebody saved the customer after the person opened it; `theirs` is the record as it stands."""

    def __init__(self, theirs):
        super().__init__(gettext("Somebody else changed this customer in the meantime."), code="changed_meanwhile")
        self.theirs = theirs


class CustomerQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The only place that says whose customers a user may see (domain 4.11)."""
        return self.reached_with("customers.view", user)

    def reached_with(self, right, user):
        return self.filter(within_reach(user, right, unit="unit", owner="manager", branch="branch"))


class Customer(Numbered, LookedAfter, models.Model):
    """A person or organisation that holds services (party)."""

    class Kind(models.TextChoices):
        PERSONAL = "personal", _("Personal customer")
        GROUP = "group", _("Group customer")

    class Status(models.TextChoices):
        ACTIVE = "active", _("Active")
        LEFT = "left", _("Left the network")

    branch = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    # the department, hall or community that serves them
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    number = models.CharField(_("customer number"), max_length=40)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind, default=Kind.PERSONAL)
    status = models.CharField(_("status"), max_length=6, choices=Status, default=Status.ACTIVE)
    name = models.CharField(_("name"), max_length=200, blank=True)  # real data has customers without one
    pinyin = models.CharField(max_length=400, blank=True, editable=False)  # "zhangwei", lower case, no spaces
    initials = models.CharField(max_length=100, blank=True, editable=False)  # "zw"
    language = models.CharField(_("language"), max_length=7, choices=settings.LANGUAGES, default="zh-hans")
    birthday = models.DateField(_("birthday"), null=True, blank=True)
    address = models.CharField(_("address"), max_length=300, blank=True)
    tier = models.ForeignKey(Tier, models.PROTECT, related_name="+", verbose_name=_("tier"))
    community = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("community")
    )
    manager = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+"
    )  # today's; history in ManagerAssignment
    locked_high_value = models.BooleanField(_("locked high-value"), default=False)
    joined_on = models.DateField(_("customer since"), null=True, blank=True)
    left_on = models.DateField(null=True)
    monthly_charge = models.DecimalField(max_digits=12, decimal_places=2, null=True)  # CNY, as the source last said
    total_charge = models.DecimalField(max_digits=14, decimal_places=2, null=True)  # CNY, as the source last said
    payment_way = models.CharField(max_length=40, blank=True)
    tags = models.JSONField(default=list)
    last_contact_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)  # grows with every change; a page that holds an older one is told
    created_at = models.DateTimeField(db_default=Now())
    updated_at = models.DateTimeField(db_default=Now())

    objects = CustomerQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["branch", "number"], name="customer_number"),
            models.CheckConstraint(
                name="customer_left_has_day", condition=~Q(status="left") | Q(left_on__isnull=False)
            ),
        ]
        indexes = [  # the orders of the customer list, for a whole branch and for one unit
            models.Index(fields=["branch", "pinyin", "id"], name="customer_branch_name"),
            models.Index(fields=["branch", "joined_on", "id"], name="customer_branch_joined"),
            models.Index(fields=["branch", "last_contact_at", "id"], name="customer_branch_contact"),
            models.Index(fields=["unit", "pinyin", "id"], name="customer_unit_name"),
            models.Index(fields=["unit", "last_contact_at", "id"], name="customer_unit_contact"),
        ]

    def __str__(self):
        return self.name or self.number

    @classmethod
    @transaction.atomic
    def open(cls, *, by, unit, number="", phone="", document="", **fields):
        """A new customer of `unit`'s branch; without a number the branch makes one.

        `fields` are those of CHANGEABLE and `tier`. Raises ValidationError by field.
        """
        branch = unit.branch or unit
        made = cls(branch=branch, unit=unit, number=number.strip() or cls._new_number(branch), **fields)
        made._settle_in_community()
        made._spell()
        if made.tier_id is None:
            made.tier = Tier.lowest_of(branch)
        made._insert()
        record(made, "customer.opened", by=by, customer=made)
        for kind, written in (("customer", made.number), ("contact", phone), ("id_document", document)):
            if written.strip():
                made._put_number(kind, written)
        made._reindex()
        return made

    @classmethod
    def _new_number(cls, branch):
        """The next number of the branch that nobody holds: imported ones may lie in the way."""
        while True:
            number = NumberSeries.take(branch)
            if not cls.objects.filter(branch=branch, number=number).exists():
                return number

    def _insert(self):
        if not numbers.normalise(self.number):
            raise ValidationError({"number": gettext("A customer number needs a letter or a digit.")})
        try:
            with transaction.atomic():
                self.save(force_insert=True)
        except IntegrityError as error:
            if "customer_number" not in str(error):
                raise
            raise ValidationError({"number": gettext("Another customer has this number.")}) from error
        self.refresh_from_db(fields=["created_at", "updated_at"])

    @transaction.atomic
    def change(self, *, by, version, **fields):
        """Change what is written about the customer; `version` is the one the person saw.

        Returns the names of what differs. Raises ChangedMeanwhile where somebody saved in between.
        """
        if unknown := set(fields) - set(CHANGEABLE):
            raise TypeError(f"change() does not touch {sorted(unknown)}")
        current = self._locked()
        if current.version != version:
            raise ChangedMeanwhile(current)
        old = {name: getattr(current, name) for name, value in fields.items() if getattr(current, name) != value}
        if old:
            for name in old:
                setattr(current, name, fields[name])
            if "community" in old:
                current._settle_in_community()
            current._spell()
            differs = {name: [_plain(before), _plain(fields[name])] for name, before in old.items()}
            current._keep("customer.changed", by=by, fields=differs)
        self.refresh_from_db()
        return set(old)

    @transaction.atomic
    def put_in_tier(self, tier, *, by, reason=""):
        """Move to another tier of the branch; the same one again changes nothing."""
        current = self._locked()
        if tier.branch_id != current.branch_id:
            raise ValidationError({"tier": gettext("This tier belongs to another branch.")})
        if current.tier_id != tier.pk:
            old, current.tier = current.tier, tier
            old_en, new_en = old.name_en or old.name, tier.name_en or tier.name
            current._keep(
                "customer.tier_changed",
                by=by,
                old=old.name,
                new=tier.name,
                old_en=old_en,
                new_en=new_en,
                reason=reason,
            )
        self.refresh_from_db()

    @transaction.atomic
    def lock_high_value(self, *, by, locked=True):
        """Flag whose loss would hurt most, or take the flag away; saying it again changes nothing (H05)."""
        current = self._locked()
        if current.locked_high_value != locked:
            current.locked_high_value = locked
            current._keep("customer.locked_high_value" if locked else "customer.unlocked_high_value", by=by)
        self.refresh_from_db()

    def _settle_in_community(self):
        """A community serves its own; it must be one of the branch (C01)."""
        if self.community is None:
            if self.unit.kind == Unit.Kind.COMMUNITY:
                self.unit = _department_above(self.unit)
            return
        if self.community.kind != Unit.Kind.COMMUNITY or self.community.branch_id != self.branch_id:
            raise ValidationError({"community": gettext("Choose a community of this branch.")})
        self.unit = self.community

    def _spell(self):
        self.pinyin, self.initials = pinyin.keys(self.name, group=self.kind == self.Kind.GROUP)

    def _locked(self):
        rows = Customer.objects.select_for_update(of=["self"])
        return rows.select_related("unit", "community", "tier").get(pk=self.pk)

    def _keep(self, verb, *, by, **data):
        """Save what an operation changed, under the row's lock, with its event and its place in the search."""
        self.version = F("version") + 1
        self.updated_at = timezone.now()
        self.save()
        self.refresh_from_db(fields=["version"])
        record(self, verb, by=by, customer=self, **data)
        self._reindex()

    def _reindex(self):
        index([self.pk])


def _department_above(unit):
    while unit.kind == Unit.Kind.COMMUNITY:
        unit = unit.parent
    return unit


def _plain(value):
    """As an event keeps it."""
    return value.name if isinstance(value, Unit) else "" if value is None else str(value)
