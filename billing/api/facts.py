"""Bills, payments, adjustments and what was used by month: listed, read one by one, brought in."""

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema

from billing.api.bodies import SaidAdjustment, SaidBill, SaidPayment, SaidUsage
from billing.api.bringing import Bringing, described
from billing.api.narrowing import AdjustmentFilter, BillFilter, PaymentFilter, UsageFilter
from billing.api.shapes import AdjustmentShape, BillShape, PaymentShape, UsageShape
from billing.imports.adjustments import ADJUSTMENTS
from billing.imports.bills import BILLS
from billing.imports.payments import PAYMENTS
from billing.imports.usage import USAGE
from billing.models import Adjustment, Bill, MonthlyUsage, Payment
from billing.models.accounts import VIEW
from door.endpoint import Endpoint

BILL = {
    "account": "A-1001", "ref": "B-2026-10-1001", "month": "2026-10", "issued_on": "2026-11-02",
    "due_on": "2026-11-22", "amount": "59.00",
}  # fmt: skip
PAYMENT = {
    "account": "A-1001", "ref": "P-77120", "amount": "59.00", "at": "2026-11-03T10:30:00+08:00", "way": "wechat",
}  # fmt: skip
ADJUSTMENT = {
    "bill": "B-2026-10-1001", "ref": "J-5", "kind": "compensation", "amount": "-10.00", "reason": "Two days without",
}  # fmt: skip
USED = {
    "account": "A-1001", "line": "18912345678", "month": "2026-10", "service": "data", "quantity": "5120",
    "measure": "megabytes", "charge": "12.00",
}  # fmt: skip


def adjustments(user):
    return Adjustment.objects.visible_to(user).select_related("bill__account__customer")


@described("bills", SaidBill, BillShape, listing=_("Bills"), bringing=_("Bring in up to 500 bills"), example=BILL)
class Bills(Bringing):
    about, filters = BILLS, BillFilter

    def seen(self):
        return Bill.objects.visible_to(self.request.user)


@described(
    "payments", SaidPayment, PaymentShape, listing=_("Payments"), bringing=_("Bring in up to 500 payments"),
    example=PAYMENT,
)  # fmt: skip
class Payments(Bringing):
    about, filters = PAYMENTS, PaymentFilter

    def seen(self):
        return Payment.objects.visible_to(self.request.user)


@described(
    "adjustments", SaidAdjustment, AdjustmentShape, listing=_("Adjustments"), example=ADJUSTMENT,
    bringing=_("Bring in up to 500 adjustments"),
)  # fmt: skip
class Adjustments(Bringing):
    about, filters = ADJUSTMENTS, AdjustmentFilter

    def seen(self):
        return adjustments(self.request.user)


@described(
    "usage", SaidUsage, UsageShape, listing=_("Use by month"), bringing=_("Bring in up to 500 figures of months"),
    example=USED,
)  # fmt: skip
class Usage(Bringing):
    """Figures of a month may be said anew: then they are changed."""

    about, filters = USAGE, UsageFilter

    def seen(self):
        return MonthlyUsage.objects.visible_to(self.request.user)


class OneBill(Endpoint):
    scope, rights = "billing", {"GET": VIEW}

    @extend_schema(operation_id="bill_read", summary=_("One bill"), responses=BillShape)
    def get(self, request, pk):
        return self.one(BillShape, get_object_or_404(Bill.objects.visible_to(request.user), pk=pk))


class OnePayment(Endpoint):
    scope, rights = "billing", {"GET": VIEW}

    @extend_schema(operation_id="payment_read", summary=_("One payment"), responses=PaymentShape)
    def get(self, request, pk):
        return self.one(PaymentShape, get_object_or_404(Payment.objects.visible_to(request.user), pk=pk))


class OneAdjustment(Endpoint):
    scope, rights = "billing", {"GET": VIEW}

    @extend_schema(operation_id="adjustment_read", summary=_("One adjustment"), responses=AdjustmentShape)
    def get(self, request, pk):
        return self.one(AdjustmentShape, get_object_or_404(adjustments(request.user), pk=pk))
