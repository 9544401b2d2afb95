"""What customers owe, and what they paid."""

from tests.leaks.rule import Rule, name_of, of_customer


def account_filter_form(world):
    return {"unit": world.north, "tier": world.tier, "customer": world.customer}


BILLING = "billing.view"

RULES = {
    "accounts": Rule(BILLING, query=account_filter_form, about=True, shows=lambda w: w.account.ref),
    "accounts-count": Rule(BILLING, query=account_filter_form, about=True),
    "account": Rule(BILLING, row="account", shows=lambda w: w.bill.ref),
    "bill-shocks": Rule(BILLING, shows=name_of),
    "customer-panel-money": of_customer(BILLING, shows=lambda w: w.account.ref),
}
