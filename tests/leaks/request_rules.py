"""Pages of requests to the billing system."""

from tests.leaks.rule import BAD, Rule, sees_money

DUNS, SEES, ROW = "billing.dun", "billing.view_dunning", "servicerequest"


def restore_form(world):
    return {"key": "00000000-0000-4000-8000-000000000007", "reason": "x"}


READERS = {"billing.servicerequest": sees_money, "billing.frozennumber": sees_money}
RULES = {
    "service-requests": Rule(SEES, query=lambda w: {"unit": w.north}, about=True),
    "service-request": Rule(SEES, row=ROW, shows=lambda w: w.servicerequest.reason),
    "service-request-withdraw": Rule(DUNS, row=ROW, methods="POST"),
    # The line is in service, the customer in arrears: both are refused.
    "line-restore": Rule(DUNS, row="line", methods="GET POST", body=restore_form, ok={"POST": {BAD}}),
    "number-reclaim": Rule("billing.take_payment", row="frozennumber", methods="POST"),
}
