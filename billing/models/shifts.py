"""A clerk's shift at the till: what lay in it, what was counted, and who signed for a difference."""

from decimal import Decimal

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from audit.stateful import Stateful, only_listed_moves
from billing.models.accounts import Account
from billing.models.bills import KEPT
from staff.models import Unit, User
from staff.scope import within_reach

VIEW = "billing.view_shifts"
WAYS = [Account.Way.CASH, Account.Way.CARD, Account.Way.WECHAT, Account.Way.ALIPAY]  # taken at a counter
TAKEN = [(way.value, way.label) for way in WAYS]


class ShiftQuerySet(models.QuerySet):
    def visible_to(self, user):
        """One's own, and those of the units whose tills a person looks after."""
        return self.reached_with(VIEW, user)

    def reached_with(self, right, user):
        return self.filter(within_reach(user, right, unit="unit", owner="clerk"))

    def open(self):
        return self.filter(state=Shift.State.OPEN)

    def left_open(self, now):
        """Open since a day that is over."""
        return self.open().filter(opened_at__date__lt=timezone.localdate(now))

    def unsettled(self, now):
        """Left open, or counted with a difference that nobody has signed."""
        return self.left_open(now) | self.filter(state=Shift.State.COUNTED)

    def differing(self):
        return self.filter(differs=True)


@only_listed_moves
class Shift(Stateful):
    """From opening with a float to the count. A person has one open shift at most; only an open one takes money.

    A count that agrees closes it. One that differs is explained by who counted and signed by somebody else than the
    clerk and the counter; until then it may be counted again.
    """

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("shift", "Open")
        COUNTED = "counted", _("Counted, waits for a signature")
        CLOSED = "closed", _("Closed")

    MOVES = {State.OPEN: {State.COUNTED, State.CLOSED}, State.COUNTED: {State.CLOSED}, State.CLOSED: set()}

    branch = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("unit"))
    clerk = models.ForeignKey(User, models.PROTECT, related_name="shifts", verbose_name=_("clerk"))
    state = models.CharField(_("state"), max_length=7, choices=State, default=State.OPEN)
    opened_at = models.DateTimeField(_("opened at"), db_default=Now())
    opening_float = models.DecimalField(_("float"), max_digits=10, decimal_places=2, default=Decimal(0))
    counted_at = models.DateTimeField(null=True)
    counted_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    pieces = models.JSONField(default=dict)  # of cash, by denomination: {"100": 3, "0.5": 1}; {} where not told
    differs = models.BooleanField(default=False)
    explanation = models.CharField(_("explanation"), max_length=300, blank=True)
    signed_at = models.DateTimeField(null=True)
    signed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    objects = ShiftQuerySet.as_manager()

    class Meta:
        verbose_name = _("shift")
        verbose_name_plural = _("shifts")
        constraints = [
            models.UniqueConstraint(fields=["clerk"], name="shift_one_open", condition=Q(state="open")),
            models.CheckConstraint(name="shift_float", condition=Q(opening_float__gte=0)),
            models.CheckConstraint(
                name="shift_counted",
                condition=Q(state="open") | Q(counted_at__isnull=False, counted_by__isnull=False),
            ),
            models.CheckConstraint(name="shift_difference_explained", condition=Q(differs=False) | ~Q(explanation="")),
            models.CheckConstraint(
                name="shift_difference_signed",
                condition=~Q(state="closed", differs=True) | Q(signed_at__isnull=False, signed_by__isnull=False),
            ),
            models.CheckConstraint(
                name="shift_signed_by_another",
                condition=Q(signed_by=None) | ~(Q(signed_by=F("clerk")) | Q(signed_by=F("counted_by"))),
            ),
        ]
        indexes = [
            models.Index(fields=["branch", "-opened_at"], name="shift_branch"),
            models.Index(fields=["unit", "-opened_at"], name="shift_unit"),
            models.Index(fields=["clerk", "-opened_at"], name="shift_clerk"),
        ]
        triggers = [KEPT, pgtrigger.ReadOnly(name="stays", fields=["branch", "unit", "clerk", "opening_float"])]

    def __str__(self):
        return f"{self.clerk_id} {self.opened_at:%Y-%m-%d}"

    @property
    def is_open(self):
        return self.state == self.State.OPEN

    def is_left_open(self, now) -> bool:
        """Open since a day that is over."""
        return self.is_open and timezone.localdate(self.opened_at) < timezone.localdate(now)


class ShiftCount(models.Model):
    """What one way of payment should come to by what was recorded, and what was counted; of the last count."""

    shift = models.ForeignKey(Shift, models.PROTECT, related_name="counts")
    way = models.CharField(_("way of payment"), max_length=6, choices=TAKEN)
    recorded = models.DecimalField(max_digits=12, decimal_places=2)
    counted = models.DecimalField(max_digits=12, decimal_places=2)
    difference = models.GeneratedField(
        expression=F("counted") - F("recorded"),
        output_field=models.DecimalField(max_digits=12, decimal_places=2),
        db_persist=True,
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["shift", "way"], name="shift_counted_by_way")]
        triggers = [KEPT]

    def __str__(self):
        return f"{self.shift_id} {self.way}"
