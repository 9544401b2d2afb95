"""Every operation against its own description: whatever is sent, no answer is a 5xx and none breaks the schema."""

import os
from datetime import timedelta
from uuid import uuid4

import pytest
import schemathesis
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from crm.wsgi import application
from customers.models import Import
from tests import make
from tests.api import arrears, complained
from tests.leaks.world import World

pytestmark = pytest.mark.django_db(transaction=True)
PROOF = bool(os.environ.get("PROOF"))
EXAMPLES = 400 if PROOF else 30
CHECKS = [
    not_a_server_error,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
]
NAMED = ("customers", "lines", "identifiers", "interactions", "units", "messages", "templates")
MONEY = ("accounts", "bills", "payments", "adjustments")
ROWS = {name: name.removesuffix("s") for name in NAMED + MONEY}
ROWS |= {
    "complaints": "complaint",
    "complaint-tasks": "subtask",
    "appeals": "regulatorcase",
    "incidents": "incident",
    "bulk": "bulk",
    "suggestions": "suggestion",
    "service-requests": "servicerequest",
    "payment-promises": "paymentpromise",
    "disputes": "hold",
    "runs": "run",
    "imports": "import",
    "notices": "notice",
    "follow-ups": "followup",
}


@pytest.fixture
def world(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    settings.API_TOKEN_PER_MINUTE = settings.API_PERSON_PER_MINUTE = 1_000_000
    return World(1)


@pytest.fixture
def schema(world):
    """Asked by somebody with several postings, so that every operation is theirs."""
    for role in ("clerk", "dunning_clerk", "complaint_desk", "data_steward", "admin"):
        make.post(world.owner, role, world.branch)
    world.colleague = make.user("complaint_desk", world.branch)
    headers = {"Authorization": f"Bearer {make.token(world.owner)}"}
    found = schemathesis.openapi.from_wsgi("/api/v1/schema/", application, headers=headers)
    found.asking = headers
    return found


def test_every_operation_keeps_to_its_description(schema, world):
    operations = [found.ok() for found in schema.get_all_operations()]
    assert len(operations) > 30
    reached = {operation.label: tried(operation, schema.asking, world) for operation in operations}
    assert [label for label, statuses in reached.items() if not any(status < 400 for status in statuses)] == []


def tried(operation, headers, world):
    statuses = set()

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=not PROOF,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(), real=st.integers(0, 3))
    def run(case, real):
        if real:
            name_what_is_there(case, world)
        if real == 1 and isinstance(case.body, dict):
            leave_out_what_excludes(case.body)
        answer = case.call(headers=headers)
        case.validate_response(answer, checks=CHECKS)
        statuses.add(answer.status_code)

    run()
    return statuses


def name_what_is_there(case, world):
    """Ids and codes that exist, where the request names any: made-up ones are refused before anything happens."""
    resource = case.operation.path.split("/")[3]
    for name in case.path_parameters or {}:
        case.path_parameters[name] = getattr(world, ROWS[resource]).pk if resource in ROWS else "jobs.pulse"
    if case.operation.path.endswith("/commit/"):
        Import.objects.update(state="checked", counts={"create": 1}, check_run=None, commit_run=None)
    if row := fresh_row(case.operation.path, world):
        case.path_parameters = dict.fromkeys(case.path_parameters, row.pk)
    if isinstance(case.body, dict):
        case.body = billed(case.body, world) if resource in (*MONEY, "monthly-usage") else named(case.body, world)
        case.body = case.body if case.path_parameters else arrears.body(resource, case.body, world)
        case.body = complained.body(case.operation.path, case.body, world)
    if "Idempotency-Key" in (case.headers or {}):
        case.headers["Idempotency-Key"] = str(uuid4())
    if "If-Match" in (case.headers or {}):
        row = world.account if resource == "accounts" else world.customer
        row.refresh_from_db()
        case.headers["If-Match"] = f'"{row.version}.{"0" * 16}"'


def leave_out_what_excludes(body):
    """A message has either a text, by SMS unless more is said, or a template."""
    for name in ("template", "values", "channel", "subject") if "text" in body else ():
        body.pop(name, None)


def fresh_row(path, world):
    """A row of its own for what can be done only once."""
    if path.endswith("/messages/{id}/cancel/"):
        return make.message(world.customer)
    if "/follow-ups/{id}/" in path:
        return make.follow_up(world.customer, world.owner)
    if path.endswith("/retry/"):
        return make.run(state="dead", asked_by=world.owner)
    if path.endswith("{id}/"):
        return None
    return arrears.row(path, world) or complained.row(path, world)


def billed(body, world):
    """The rows a billing system sends, about what is there and fresh."""
    there = {"account": world.account.ref, "bill": world.bill.ref, "customer": world.customer.number}
    there |= {"line": world.line.ref, "issued_on": "2026-11-02", "due_on": "2026-11-22", "at": "2026-11-02T10:00:00Z"}
    there |= {"ref": uuid4().hex, "amount": "1.00", "currency": "CNY"}
    for name, rows in body.items():
        if isinstance(rows, list) and rows and isinstance(rows[0], dict):
            body[name] = [{word: there.get(word, value) for word, value in rows[0].items()}]
    return body


def named(body, world):
    there = {"customer": world.customer.pk, "line": world.line.pk, "community": world.spare_community.pk}
    there |= {
        "reason": world.reason.code,
        "plan": world.plan.code,
        "category": world.category.code,
        "unit": world.north.pk,
        "columns": ["number", "name"],
        "due_at": (timezone.now() + timedelta(days=1)).isoformat(),
        "late_at": (timezone.now() + timedelta(days=2)).isoformat(),
        "version": 1,
    }
    for name, value in body.items():
        if name in there:
            body[name] = there[name]
        elif isinstance(value, list):
            body[name] = [named(one, world) if isinstance(one, dict) else one for one in value]
    return body
