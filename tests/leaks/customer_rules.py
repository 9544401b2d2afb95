"""Customers: a right, and the reach of that right."""

from datetime import timedelta

from tests.leaks.rule import MOVED, OK, Rule, name_of, of_customer

NOBODY = "00000000-0000-4000-8000-000000000004"
CONTACT = {"stage": "in_sale", "channel": "hall", "direction": "in", "note": "", "next_step": "none"}


def opened_form(world):
    return {"name": "新", "kind": "personal", "status": "active", "language": "en", "community": world.spare_community}


def likeness_form(world):
    return {"name": world.customer.name, "number": world.customer.number, "phone": world.identifier.written}


def search_form(world):
    return {"q": world.identifier.written}


def call_form(world):
    return {"number": world.identifier.written}


def filter_form(world):
    return {"unit": world.north, "tier": world.tier}


def changed_form(world):
    return opened_form(world) | {"version": world.customer.version, "seen": "{}"}


def assignment_form(world):
    return {"manager": world.owner, "on": (world.branch.today() + timedelta(40)).isoformat()}


def contact_form(world):
    key = {"key": "00000000-0000-4000-8000-000000000002"}
    return key | CONTACT | {"reason": world.reason, "line": world.line, "result": "settled", "detail": ""}


RULES = {
    "customer-here": of_customer(methods="POST", ok={"POST": {OK}}),
    "search": Rule("customers.view", methods="POST", body=search_form, about=True, ok={"POST": {OK}}, shows=name_of),
    "pop": Rule(
        "customers.view", methods="GET POST", query=call_form, body=call_form, about=True, ok={"GET": {OK, MOVED}}
    ),
    "pop-found": Rule("customers.view", args={"token": NOBODY}, ok={"GET": {404}}),  # a number of another session
    "customers": Rule("customers.view", query=filter_form, about=True, shows=name_of),
    "customers-count": Rule("customers.view", query=filter_form, about=True),
    "customer-new": Rule("customers.create", methods="GET POST", body=opened_form),
    "customer-like": Rule(
        "customers.create", methods="POST", body=likeness_form, about=True, ok={"POST": {OK}}, shows=name_of
    ),
    "customer": of_customer(shows=name_of),
    "customer-header": of_customer(shows=name_of),
    "customer-parts": of_customer(shows=lambda w: w.interaction.note),
    "customer-edit": of_customer("customers.change", form=changed_form, shows=name_of),
    "customer-panel-lines": of_customer(shows=lambda w: w.line.number),
    "customer-panel-identifiers": of_customer(shows=lambda w: w.identifier.written),
    "customer-panel-manager": of_customer(),
    "customer-panel-timeline": of_customer(shows=lambda w: w.interaction.note),
    "customer-number-add": of_customer("customers.change", form=lambda w: {"kind": "contact", "written": "1"}),
    "customer-number-end": of_customer("customers.change", methods="POST", also={"number": "identifier"}),
    "customer-assign": of_customer("customers.assign_manager", form=assignment_form),
    "customer-withdraw": of_customer(
        "customers.assign_manager", methods="POST", also={"assignment": "managerassignment"}
    ),
    "customer-tier": of_customer("customers.change_tier", form=lambda w: {"tier": w.tier, "reason": "x"}),
    "visit": of_customer("customers.record_interaction", form=contact_form),
    "follow-up-done": Rule("customers.record_interaction", row="interaction", methods="POST"),
}
