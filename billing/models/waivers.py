"""A late fee that the customer need not pay: with a reason, and above a limit approved by another (4.3, 4.11)."""

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from audit.stateful import Stateful, only_listed_moves
from billing.models.accounts import Account, reached
from billing.models.bills import KEPT
from staff.models import Unit, User

VIEW, ASK, DECIDE = "billing.view_waivers", "billing.waive", "billing.decide_waiver"
LARGE = "billing.waive_large"  # decide on what is more than a dunning clerk waives


class WaiverQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.reached_with(VIEW, user)

    def waiting(self):
        return self.filter(state=Waiver.State.ASKED)

    def reached_with(self, right, user):
        return self.filter(reached(user, right, "account__"))


@only_listed_moves
class Waiver(Stateful):
    """`amount` of an account's late fee. `at_once` is what the person who asked could waive without another, then.

    Given, it is in the bills as adjustments; see `billing.waivers.booking`.
    """

    class State(models.TextChoices):
        ASKED = "asked", pgettext_lazy("waiver", "Waits for approval")
        GIVEN = "given", pgettext_lazy("waiver", "Waived")
        REFUSED = "refused", pgettext_lazy("waiver", "Refused")
        WITHDRAWN = "withdrawn", pgettext_lazy("waiver", "Withdrawn")

    MOVES = {
        State.ASKED: {State.GIVEN, State.REFUSED, State.WITHDRAWN},
        State.GIVEN: set(),
        State.REFUSED: set(),
        State.WITHDRAWN: set(),
    }

    branch = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    account = models.ForeignKey(Account, models.PROTECT, related_name="waivers")
    key = models.CharField(max_length=120)  # unique in the branch: the same wish twice is one waiver
    amount = models.DecimalField(_("amount"), max_digits=12, decimal_places=2)
    reason = models.CharField(_("reason"), max_length=300)
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.ASKED, db_default=State.ASKED)
    at_once = models.DecimalField(max_digits=12, decimal_places=2)
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(db_default=Now())
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")  # null: nobody had to
    decided_at = models.DateTimeField(null=True)
    answer = models.CharField(_("answer"), max_length=300, blank=True, db_default="")  # why it was refused

    objects = WaiverQuerySet.as_manager()

    class Meta:
        verbose_name = _("waiver of a late fee")
        verbose_name_plural = _("waivers of late fees")
        constraints = [
            models.UniqueConstraint(fields=["branch", "key"], name="waiver_key"),
            models.UniqueConstraint(fields=["account"], name="waiver_one_asked", condition=Q(state="asked")),
            models.CheckConstraint(name="waiver_of_something", condition=Q(amount__gt=0) & ~Q(reason="")),
            models.CheckConstraint(
                name="waiver_four_eyes", condition=Q(decided_by=None) | ~Q(decided_by=F("asked_by"))
            ),
            models.CheckConstraint(
                name="waiver_given_by_another",
                condition=~Q(state="given") | Q(decided_by__isnull=False) | Q(amount__lte=F("at_once")),
            ),
            models.CheckConstraint(
                name="waiver_refused_says_why",
                condition=~Q(state="refused") | (Q(decided_by__isnull=False) & ~Q(answer="")),
            ),
        ]
        indexes = [
            models.Index(fields=["branch", "-asked_at", "id"], name="waiver_list"),
            models.Index(fields=["account", "-asked_at"], name="waiver_account"),
        ]
        triggers = [
            KEPT,
            pgtrigger.ReadOnly(
                name="stays", fields=["branch", "account", "key", "amount", "reason", "at_once", "asked_by", "asked_at"]
            ),
        ]

    def __str__(self):
        return f"{self.account_id} {self.amount}"

    @property
    def is_waiting(self):
        return self.state == self.State.ASKED
