"""Who may do what at every address of the API: one line per method; a route that is missing here fails the build.

As in `rules.py`, but each method has a rule of its own. `body` and `query` are functions of a world; every record in
them, however deep, is also sent as one of another branch, as one that is gone and as one that never was.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from tests.leaks.rule import arranges, controls_run, is_owner, name_of, sees_run
from tests.leaks.work_rules import MORROW

FORM = "multipart/form-data"


@dataclass(frozen=True)
class Code:
    """A record that is named by its code, or by another word of its own."""

    row: object
    word: str = "code"

    @property
    def said(self):
        return getattr(self.row, self.word)


@dataclass(frozen=True)
class ApiRule:
    right: str | None = None
    row: str | None = None
    args: dict = field(default_factory=dict)
    body: Callable | None = None
    query: Callable | None = None
    ok: int = 200
    sees: Callable | None = None
    may: Callable | None = None
    shows: Callable | None = None
    noted: bool = False  # even a successful GET leaves an audit event
    inside: bool | str = False  # the record that the right, or the one that is named, must reach stands in the body
    apart: bool = False  # a bulk list: answered 200, with a result of its own for each
    reads: bool = False  # a POST that changes nothing
    form: bool = False  # sent as a form

    def reached_by(self, knocker):
        return self.sees(knocker) if self.sees else knocker.reaches(self.right)

    def url(self, name, world, pk=None):
        found = {"pk": pk or getattr(world, self.row).pk} if self.row else {}
        return reverse(name, kwargs=found | self.args)

    def refuses_body(self, knocker):
        near = replace(knocker, place="beside") if knocker.place == "abroad" else knocker
        right = self.inside if isinstance(self.inside, str) else self.right
        return bool(self.inside) and not self.apart and not near.reaches(right)


def contact(world):
    item = {"reason": "9001", "line": world.line, "detail": "", "result": "settled"}
    return {"customer": world.customer, "stage": "in_sale", "channel": "hall", "items": [item]}


def upload(world):
    return {"file": SimpleUploadedFile("rows.csv", b"number,name\nfresh,x\n"), "unit": world.north}


def owed(world):
    return {"customer": world.customer, "kind": "visit", "what": "x", "due_at": "2099-01-01T10:00:00+08:00"}


def of_customer(world):
    return {"customer": world.customer}


def refusal(world):
    return {"purpose": "care", "word": "refused", "how": "sms"}


def said_account(world):
    return {"ref": "fresh", "customer": Code(world.customer, "number"), "way": "cash"}


def said_bill(world):
    days = {"month": "2026-10", "issued_on": "2026-11-02", "due_on": "2026-11-22"}
    return {"account": Code(world.account, "ref"), "ref": "fresh", "amount": "1.00"} | days


def said_payment(world):
    return {"account": Code(world.account, "ref"), "ref": "fresh", "amount": "1.00", "at": "2026-11-02T10:00:00+08:00"}


def said_adjustment(world):
    return {"bill": Code(world.bill, "ref"), "ref": "fresh", "kind": "credit", "amount": "1.00"}


def said_usage(world):
    return {"account": Code(world.account, "ref"), "month": "2026-09", "service": "fee", "charge": "1.00"}


def brings(name, said):
    """A list of money, sent to by those who bring in."""
    return ApiRule("billing.import", body=lambda w: {name: [said(w)]}, inside=True)


def sees_and_brings(knocker):
    return knocker.reaches("billing.view") and knocker.reaches("billing.import")


SEES, CHANGES, RECORDS = "customers.view", "customers.change", "customers.record_interaction"
IMPORTS, MONEY = "customers.import", "billing.view"
arranged = {"right": "work.view", "row": "followup", "sees": arranges}
run = {"row": "run", "sees": sees_run}
batch = {"right": IMPORTS, "row": "import"}

API_RULES = {
    "api-schema": {"GET": ApiRule()},
    "api-me": {"GET": ApiRule()},
    "api-units": {"GET": ApiRule(query=lambda w: {"parent": w.north})},
    "api-unit": {"GET": ApiRule(row="unit", sees=lambda knocker: knocker.in_branch())},
    "api-jobs": {"GET": ApiRule("jobs.view")},
    "api-job": {"GET": ApiRule("jobs.view", args={"name": "jobs.pulse"})},
    "api-runs": {"GET": ApiRule(query=lambda w: {"job": "jobs.pulse"})},
    "api-run": {"GET": ApiRule(**run)},
    "api-run-cancel": {"POST": ApiRule(**run, may=controls_run)},
    "api-run-retry": {"POST": ApiRule(**run, may=controls_run, ok=422)},
    "api-notices": {"GET": ApiRule(query=lambda w: {"unread": "true"})},
    "api-notice-read": {"POST": ApiRule(row="notice", sees=is_owner)},
    "api-tiers": {"GET": ApiRule()},
    "api-plans": {"GET": ApiRule()},
    "api-reasons": {"GET": ApiRule()},
    "api-customers": {
        "GET": ApiRule(SEES, query=lambda w: {"unit": w.north, "tier": w.tier}, sees=lambda knocker: True),
        "POST": ApiRule("customers.create", body=lambda w: {"name": "新", "community": w.spare_community}, ok=201),
    },
    "api-customers-search": {"POST": ApiRule(SEES, body=lambda w: {"text": w.identifier.written}, reads=True)},
    "api-customer": {
        "GET": ApiRule(SEES, row="customer", shows=name_of),
        "PATCH": ApiRule(CHANGES, row="customer", body=lambda w: {"community": w.spare_community}),
    },
    "api-lines": {"GET": ApiRule(SEES, query=of_customer)},
    "api-line": {"GET": ApiRule(SEES, row="line", shows=lambda w: w.line.number)},
    "api-line-change-plan": {
        "POST": ApiRule(CHANGES, row="line", body=lambda w: {"plan": Code(w.plan), "on": "2026-01-01"})
    },
    "api-identifiers": {
        "GET": ApiRule(SEES, query=of_customer),
        "POST": ApiRule(
            CHANGES, body=lambda w: of_customer(w) | {"kind": "contact", "written": "1"}, ok=201, inside=True
        ),
    },
    "api-identifier": {"GET": ApiRule(SEES, row="identifier", shows=lambda w: w.identifier.written)},
    "api-identifier-end": {"POST": ApiRule(CHANGES, row="identifier")},
    "api-interactions": {
        "GET": ApiRule(SEES, query=of_customer),
        "POST": ApiRule(RECORDS, body=contact, ok=201, inside=True),
    },
    "api-interactions-bulk": {
        "POST": ApiRule(RECORDS, body=lambda w: {"interactions": [contact(w)]}, inside=True, apart=True)
    },
    "api-interaction": {"GET": ApiRule(SEES, row="interaction", shows=lambda w: w.interaction.note)},
    "api-followed-up": {"POST": ApiRule(RECORDS, row="interaction")},
    "api-follow-ups": {
        "GET": ApiRule("work.view", query=of_customer),
        "POST": ApiRule("work.do", body=owed, ok=201, inside=True),
    },
    "api-follow-up": {"GET": ApiRule("work.view", row="followup", shows=lambda w: w.followup.what)},
    "api-follow-up-attempt": {"POST": ApiRule("work.do", row="followup", body=lambda w: {"outcome": "no_answer"})},
    "api-follow-up-note": {"POST": ApiRule("work.do", row="followup", body=lambda w: {"note": "x"})},
    "api-follow-up-reschedule": {"POST": ApiRule(**arranged, body=lambda w: {"due_at": MORROW, "version": 1})},
    "api-follow-up-hand-over": {"POST": ApiRule(**arranged, body=lambda w: {"owner": None, "reason": "x"})},
    "api-follow-up-cancel": {"POST": ApiRule(**arranged, body=lambda w: {"reason": "x"})},
    "api-messages": {
        "GET": ApiRule("outreach.view", query=lambda w: {"customer": w.customer, "template": w.template}),
        "POST": ApiRule("outreach.write", body=lambda w: of_customer(w) | {"text": "新"}, ok=201, inside=True),
    },
    "api-message": {"GET": ApiRule("outreach.view", row="message", shows=lambda w: w.message.text)},
    "api-message-cancel": {"POST": ApiRule("outreach.decide", row="message", body=lambda w: {"note": ""}, ok=422)},
    "api-templates": {"GET": ApiRule("outreach.view")},
    "api-template": {
        "GET": ApiRule("outreach.view", row="template", sees=lambda knocker: knocker.in_branch("outreach.view"))
    },
    "api-consents": {
        "GET": ApiRule("outreach.view", row="customer", shows=lambda w: w.consent.proof),
        "POST": ApiRule("outreach.write", row="customer", body=refusal, ok=201),
    },
    "api-accounts": {
        "GET": ApiRule(MONEY, query=of_customer),
        "POST": brings("accounts", said_account),
    },
    "api-account": {
        "GET": ApiRule(MONEY, row="account", shows=lambda w: w.account.ref),
        "PATCH": ApiRule("billing.import", row="account", sees=sees_and_brings, body=lambda w: {"way": "card"}),
    },
    "api-bills": {
        "GET": ApiRule(MONEY, query=lambda w: of_customer(w) | {"account": w.account}),
        "POST": brings("bills", said_bill),
    },
    "api-bill": {"GET": ApiRule(MONEY, row="bill", shows=lambda w: w.bill.ref)},
    "api-payments": {
        "GET": ApiRule(MONEY, query=lambda w: of_customer(w) | {"account": w.account}),
        "POST": brings("payments", said_payment),
    },
    "api-payment": {"GET": ApiRule(MONEY, row="payment", shows=lambda w: w.payment.ref)},
    "api-adjustments": {
        "GET": ApiRule(MONEY, query=lambda w: {"account": w.account, "bill": w.bill}),
        "POST": brings("adjustments", said_adjustment),
    },
    "api-adjustment": {"GET": ApiRule(MONEY, row="adjustment", shows=lambda w: w.adjustment.reason)},
    "api-monthly-usage": {
        "GET": ApiRule(MONEY, query=lambda w: {"account": w.account, "line": w.line}),
        "POST": brings("usage", said_usage),
    },
    "api-imports": {
        "GET": ApiRule(IMPORTS, query=lambda w: {"state": "checked"}),
        "POST": ApiRule(IMPORTS, body=upload, ok=201, form=True),
    },
    "api-import": {"GET": ApiRule(**batch)},
    "api-import-check": {"POST": ApiRule(**batch, ok=202)},
    "api-import-commit": {"POST": ApiRule(**batch, ok=202)},
    "api-import-cancel": {"POST": ApiRule(**batch, ok=202)},
    "api-import-failed": {"GET": ApiRule(**batch, noted=True)},
}


# Rules of single parts, each in a module of its own.

from tests.leaks import (  # noqa: E402  they are written in terms of what stands above
    agreement_rules,
    complaint_accept_api_rules,
    complaint_call_api_rules,
    complaint_life_api_rules,
    request_api_rules,
)

API_RULES |= request_api_rules.API_RULES
API_RULES |= complaint_accept_api_rules.API_RULES
API_RULES |= agreement_rules.api_rules(ApiRule, of_customer)
API_RULES |= complaint_call_api_rules.API_RULES
API_RULES |= complaint_life_api_rules.API_RULES
