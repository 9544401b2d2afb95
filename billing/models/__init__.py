"""Billing facts: what the billing system says is owed, and what came in (B21, B22, domain 2.1 nos. 8, 11, 13, 14)."""

from billing.models.accounts import Account, Service
from billing.models.bills import Adjustment, Bill
from billing.models.payments import Allocation, Payment
from billing.models.receipts import Receipt, ReceiptSeries
from billing.models.reversals import Reversal
from billing.models.rules import BillingRules
from billing.models.shifts import Shift, ShiftCount
from billing.models.usage import MonthlyUsage

__all__ = [
    "Account",
    "Adjustment",
    "Allocation",
    "Bill",
    "BillingRules",
    "MonthlyUsage",
    "Payment",
    "Receipt",
    "ReceiptSeries",
    "Reversal",
    "Service",
    "Shift",
    "ShiftCount",
]
