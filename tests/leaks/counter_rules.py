"""Money at the counter: payments by the customer's reach, tills by the unit's."""

from tests.leaks.rule import Rule, of_customer


def payment_form(world):
    key = {"key": "00000000-0000-4000-8000-000000000006", "amount": "1.00", "way": "cash", "given": "", "slip": ""}
    return key | {"account": world.account, "opening_float": "0"}


def approves(knocker):
    return knocker.reaches("billing.approve")


def of_reversal(right="billing.approve", **options):
    return Rule(right, row="reversal", methods="POST", **options)


RULES = {
    "pay": of_customer("billing.take_payment", form=payment_form, shows=lambda w: w.account.ref),
    "receipt": Rule("billing.view", row="receipt", shows=lambda w: w.receipt.slip),
    "reversal-ask": Rule("billing.take_payment", row="fresh_receipt", methods="POST", body=lambda w: {"reason": "x"}),
    "reversal": Rule("billing.view", row="reversal", sees=approves),
    "reversal-approve": of_reversal(),
    "reversal-refuse": of_reversal(body=lambda w: {"answer": "x"}),
    "reversal-withdraw": of_reversal("billing.take_payment", sees=lambda knocker: False),  # who asked is not among them
    "shifts": Rule("billing.view_shifts"),
    "shift-open": Rule("billing.take_payment", methods="POST", body=lambda w: {"opening_float": "0"}),
    "shift": Rule("billing.view_shifts", row="shift"),
    "shift-count": Rule(
        "billing.view_shifts", row="left_shift", methods="GET POST", sees=approves, body=lambda w: {"cash": "0"}
    ),
    "shift-sign": Rule("billing.approve", row="counted_shift", methods="POST"),
}
