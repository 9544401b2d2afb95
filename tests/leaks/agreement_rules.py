"""Rules of promises to pay, disputes, stops and exempt lines: what is agreed about arrears."""

from datetime import timedelta

from django.utils import timezone

from tests.leaks.rule import Rule, of_customer

VIEW, PROMISE, DUN, EXEMPT = "billing.view", "billing.promise", "billing.dun", "billing.exempt"
KEY = "00000000-0000-4000-8000-00000000000a"


def day(days=3):
    return (timezone.localdate() + timedelta(days)).isoformat()


def promise_form(world):
    return {"key": KEY, "due_on_1": day(), "amount_1": "59.00", "note": ""}


def dispute_form(world):
    return {"key": KEY, "reason": "x", "until": ""}


def stop_form(world):
    return {"key": KEY, "reason": "x", "until": day()}


def exempt_form(world):
    return {"line": world.line, "kind": "police", "reason": "x", "until": ""}


def new_promise(world):
    return {"account": world.late_bill.account, "parts": [{"due_on": day(), "amount": "59.00"}]}


POSTS = {"methods": "POST"}
BOTH = {"methods": "GET POST"}
RULES = {
    "promise-to-pay": Rule(PROMISE, row="late_account", body=promise_form, **BOTH),
    "payment-promises": Rule("billing.view_dunning"),
    "payment-promise": Rule(VIEW, row="paymentpromise", shows=lambda w: w.paymentpromise.note),
    "payment-promise-withdraw": Rule(PROMISE, row="paymentpromise", body=lambda w: {"reason": "x"}, **POSTS),
    "dispute": Rule(PROMISE, row="late_bill", body=dispute_form, **BOTH),
    "stop-dunning": Rule(DUN, row="late_account", body=stop_form, **BOTH),
    "hold": Rule(VIEW, row="hold", shows=lambda w: w.hold.reason),
    "hold-end": Rule(DUN, row="hold", body=lambda w: {"outcome": "x"}, **POSTS),
    "exempt-line": of_customer(PROMISE, form=exempt_form),
    "exemptions": Rule(VIEW),
    "exemption": Rule(VIEW, row="exemption", shows=lambda w: w.exemption.reason),
    "exemption-approve": Rule(EXEMPT, row="exemption", **POSTS),
    "exemption-refuse": Rule(EXEMPT, row="exemption", body=lambda w: {"answer": "x"}, **POSTS),
    "exemption-end": Rule("billing.end_exemption", row="exemption", body=lambda w: {"reason": "x"}, **POSTS),
}


def api_rules(ApiRule, of_customer):
    """By URL name and method."""
    return {
        "api-payment-promises": {
            "GET": ApiRule(VIEW, query=lambda w: of_customer(w) | {"account": w.account}),
            "POST": ApiRule(PROMISE, body=new_promise, ok=201, inside=True),
        },
        "api-payment-promise": {"GET": ApiRule(VIEW, row="paymentpromise", shows=lambda w: w.paymentpromise.note)},
        "api-payment-promise-withdraw": {
            "POST": ApiRule(PROMISE, row="paymentpromise", body=lambda w: {"reason": "x"})
        },
        "api-disputes": {
            "GET": ApiRule(VIEW, query=lambda w: of_customer(w) | {"bill": w.bill}),
            "POST": ApiRule(PROMISE, body=lambda w: {"bill": w.late_bill, "reason": "x"}, ok=201, inside=True),
        },
        "api-dispute": {"GET": ApiRule(VIEW, row="hold", shows=lambda w: w.hold.reason)},
        "api-dispute-settle": {"POST": ApiRule(DUN, row="hold", body=lambda w: {"outcome": "x"})},
    }
