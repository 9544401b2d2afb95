"""Gateways, the phones of the simulator, and the levers. In tests a simulator is configured and does not answer."""

from tests.leaks.customer_rules import search_form
from tests.leaks.rule import BAD, OK, Rule, name_of, public


def of_phone(**options):
    return Rule("outreach.view", row="customer", shows=name_of, **options)


UNSIGNED = {"args": {"name": "simulator"}, "ok": {"POST": {401}}}
LEVER = {"behaviour": "refuse", "count": "1"}

RULES = {
    "gateway-reports": public("POST", **UNSIGNED),
    "gateway-inbound": public("POST", **UNSIGNED),
    "phones": Rule("outreach.view", methods="GET POST", body=search_form, about=True, ok={"POST": {OK}}),
    "phone": of_phone(),
    "phone-screen": Rule("outreach.view", row="customer"),
    "phone-reply": of_phone(methods="POST", body=lambda w: {"text": "TD"}, ok={"POST": {BAD}}),
    "phone-levers": Rule("jobs.control", methods="GET POST", body=lambda w: LEVER, ok={"POST": {BAD}}),
    "billing-levers": Rule("jobs.control"),
    "billing-lever": Rule(
        "jobs.control", args={"lever": "next"}, methods="POST", body=lambda w: LEVER, ok={"POST": {BAD}}
    ),
    "phone-faults": Rule("jobs.control", methods="POST", body=lambda w: {"share": "5"}, ok={"POST": {BAD}}),
}
