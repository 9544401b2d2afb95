"""The API's addresses of requests to the billing system, and of what it did by itself."""

from tests.leaks.api_rules import MONEY, ApiRule, Code, sees_and_brings

answers = {"right": "billing.import", "row": "servicerequest", "sees": sees_and_brings}


def sees_line_and_brings(knocker):
    return knocker.reaches("customers.view") and knocker.reaches("billing.import")


def narrowed(world):
    return {"account": world.dunningcase.account, "customer": world.customer, "line": world.line}


def done(world):
    return {"ref": "fresh", "status": "suspended_one_way"}


def taken_back(world):
    return {"reversals": [{"payment": Code(world.payment, "ref"), "reason": "x"}]}


API_RULES = {
    "api-service-requests": {"GET": ApiRule(MONEY, query=narrowed)},
    "api-service-request": {"GET": ApiRule(MONEY, row="servicerequest", shows=lambda w: w.servicerequest.reason)},
    "api-service-request-accept": {"POST": ApiRule(**answers)},
    "api-service-request-confirm": {"POST": ApiRule(**answers)},
    "api-service-request-refuse": {"POST": ApiRule(**answers, body=lambda w: {"reason": "x"})},
    "api-line-status": {"POST": ApiRule("billing.import", row="line", sees=sees_line_and_brings, body=done)},
    "api-payment-reversals": {"POST": ApiRule("billing.import", body=taken_back, inside=True)},
}
