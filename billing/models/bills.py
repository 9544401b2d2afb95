"""Bills, and what changes one after it was sent."""

from decimal import Decimal

import pgtrigger
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from billing.models.accounts import VIEW, Account, reached
from staff.models import Unit, User

KEPT = pgtrigger.Protect(name="kept", operation=pgtrigger.Delete)
STAYS_WITH_ACCOUNT = pgtrigger.ReadOnly(name="stays", fields=["account", "branch"])
APPEND_ONLY = pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
NEW, OLD_AND_NEW = pgtrigger.Referencing(new="fresh"), pgtrigger.Referencing(old="former", new="fresh")


def after_insert(name, func):
    return pgtrigger.Trigger(
        name=name, level=pgtrigger.Statement, when=pgtrigger.After, operation=pgtrigger.Insert, referencing=NEW,
        func=func,
    )  # fmt: skip


def after_update(name, func):
    return pgtrigger.Trigger(
        name=name, level=pgtrigger.Statement, when=pgtrigger.After, operation=pgtrigger.Update,
        referencing=OLD_AND_NEW, func=func,
    )  # fmt: skip


# What new rows, and changed ones, add to a sum that their account keeps.
OF_NEW = """
    UPDATE billing_account SET {kept} = billing_account.{kept} + more.sum
    FROM (SELECT account_id, sum({part}) FROM fresh GROUP BY account_id HAVING sum({part}) <> 0) more
    WHERE billing_account.id = more.account_id;
    RETURN NULL;
"""
OF_CHANGED = """
    UPDATE billing_account SET {kept} = billing_account.{kept} + more.sum
    FROM (
        SELECT fresh.account_id, sum(fresh.{part} - former.{part}) FROM fresh JOIN former USING (id)
        GROUP BY fresh.account_id HAVING sum(fresh.{part} - former.{part}) <> 0
    ) more
    WHERE billing_account.id = more.account_id;
    RETURN NULL;
"""
ADJUSTED = """
    UPDATE billing_bill SET adjusted = billing_bill.adjusted + more.sum
    FROM (SELECT bill_id, sum(amount) FROM fresh GROUP BY bill_id) more
    WHERE billing_bill.id = more.bill_id;
    RETURN NULL;
"""


def on_account(name, *, kept, part):
    """The triggers, called `name`_new and `name`_changed, that make `Account.<kept>` the sum of `part` of the rows."""
    return [
        after_insert(f"{name}_new", OF_NEW.format(kept=kept, part=part)),
        after_update(f"{name}_changed", OF_CHANGED.format(kept=kept, part=part)),
    ]


class BillQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.reached_with(VIEW, user)

    def reached_with(self, right, user):
        return self.filter(reached(user, right, "account__"))

    def unpaid(self):
        return self.filter(open__gt=0)

    def overdue(self, day):
        """Still open after the last day on which they could be paid."""
        return self.unpaid().filter(due_on__lt=day)

    def dunned(self, day):
        """Overdue and not disputed: what dunning is about (domain 2.1 no. 14)."""
        holds = Bill.holds.rel.related_model.objects
        disputes = holds.filter(bill=OuterRef("pk"), kind="dispute", ended_at=None)
        return self.overdue(day).filter(~Exists(disputes))


class Bill(models.Model):
    """What one month cost. `open` = `amount` + `adjusted` − `paid`, never below zero."""

    branch = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    account = models.ForeignKey(Account, models.PROTECT, related_name="bills")
    ref = models.CharField(_("bill number"), max_length=60)  # the billing system's own; unique in the branch
    month = models.DateField(_("month"))  # its first day
    issued_on = models.DateField(_("issued on"))
    due_on = models.DateField(_("due on"))  # the last day on which it is paid in time
    amount = models.DecimalField(_("amount"), max_digits=12, decimal_places=2)
    adjusted = models.DecimalField(max_digits=12, decimal_places=2, default=Decimal(0), editable=False)
    paid = models.DecimalField(max_digits=12, decimal_places=2, default=Decimal(0), editable=False)
    open = models.GeneratedField(
        expression=F("amount") + F("adjusted") - F("paid"),
        output_field=models.DecimalField(max_digits=12, decimal_places=2),
        db_persist=True,
    )
    weighed_at = models.DateTimeField(null=True, editable=False)  # against the months before it; see billing.weighing

    objects = BillQuerySet.as_manager()

    class Meta:
        verbose_name = _("bill")
        verbose_name_plural = _("bills")
        constraints = [
            models.UniqueConstraint(fields=["branch", "ref"], name="bill_ref"),
            models.CheckConstraint(name="bill_amounts", condition=Q(amount__gte=0, paid__gte=0, open__gte=0)),
            models.CheckConstraint(name="bill_due_after_issue", condition=Q(due_on__gte=F("issued_on"))),
        ]
        indexes = [
            models.Index(fields=["account", "-month"], name="bill_account"),
            models.Index(fields=["account", "due_on"], name="bill_unpaid", condition=Q(open__gt=0)),
            models.Index(fields=["branch", "due_on"], name="bill_due", condition=Q(open__gt=0)),
            models.Index(fields=["id"], name="bill_unweighed", condition=Q(weighed_at=None)),
        ]
        triggers = [KEPT, STAYS_WITH_ACCOUNT, *on_account("owed_by", kept="owed", part="open")]

    def __str__(self):
        return self.ref


class AdjustmentQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(reached(user, VIEW, "bill__account__"))


class Adjustment(models.Model):
    """What a bill was made more or less by, after it was sent; never changed, corrected by another."""

    class Kind(models.TextChoices):
        CREDIT = "credit", _("Credit note")
        LATE_FEE = "late_fee", _("Late fee")
        WAIVER = "waiver", _("Late fee waived")
        COMPENSATION = "compensation", _("Compensation")
        CORRECTION = "correction", _("Correction")

    branch = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    bill = models.ForeignKey(Bill, models.PROTECT, related_name="adjustments")
    ref = models.CharField(_("number"), max_length=60)  # the billing system's own, or ours; unique in the branch
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    amount = models.DecimalField(_("amount"), max_digits=12, decimal_places=2)  # below zero: less is owed
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    at = models.DateTimeField(db_default=Now())
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")  # null: the billing system

    objects = AdjustmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("adjustment")
        verbose_name_plural = _("adjustments")
        constraints = [
            models.UniqueConstraint(fields=["branch", "ref"], name="adjustment_ref"),
            models.CheckConstraint(name="adjustment_of_something", condition=~Q(amount=0)),
        ]
        triggers = [APPEND_ONLY, after_insert("adjusts", ADJUSTED)]

    def __str__(self):
        return self.ref
