"""Billing facts: what the billing system says is owed, and what came in (B21, B22, domain 2.1 nos. 8, 11, 13, 14)."""

from billing.models.accounts import Account, Service
from billing.models.bills import Adjustment, Bill
from billing.models.dunning import CaseStep, DunningCase, DunningRules, Reminder
from billing.models.foreseen import DryRun, Foreseen, ForeseenCount
from billing.models.holds import Exemption, Hold, PaymentPromise, PromisePart
from billing.models.kept_sums import BroughtIn, CaseCount, KeptSums
from billing.models.payments import Allocation, Payment
from billing.models.receipts import Receipt, ReceiptSeries
from billing.models.requests import AccountLine, FrozenNumber, ServiceRequest
from billing.models.reversals import Reversal
from billing.models.rules import BillingRules
from billing.models.scenarios import Product, Scenario, ScenarioStep, ScenarioVersion, Stage
from billing.models.shifts import Shift, ShiftCount
from billing.models.shocks import BillShock
from billing.models.usage import MonthlyUsage
from billing.models.waivers import Waiver

__all__ = [
    "Account",
    "AccountLine",
    "Adjustment",
    "Allocation",
    "Bill",
    "BillShock",
    "BillingRules",
    "BroughtIn",
    "CaseCount",
    "CaseStep",
    "DryRun",
    "DunningCase",
    "DunningRules",
    "Exemption",
    "Foreseen",
    "ForeseenCount",
    "FrozenNumber",
    "Hold",
    "KeptSums",
    "MonthlyUsage",
    "Payment",
    "PaymentPromise",
    "Product",
    "PromisePart",
    "Receipt",
    "ReceiptSeries",
    "Reminder",
    "Reversal",
    "Scenario",
    "ScenarioStep",
    "ScenarioVersion",
    "Service",
    "ServiceRequest",
    "Shift",
    "ShiftCount",
    "Stage",
    "Waiver",
]
