"""The API's addresses of what is done with complaints and of tasks of departments."""

from django.core.files.uploadedfile import SimpleUploadedFile

from complaints.models.incidents import INCIDENTS
from tests.leaks.api_rules import MORROW, ApiRule, Code
from tests.leaks.complaint_life_rules import TASK, VIEW, handles, leads
from tests.leaks.rule import is_owner

REGULATOR = "complaints.regulator"
TIME = f"{MORROW}:00+08:00"


def result(world):
    return {
        "cause": Code(world.cause), "liability": "ours", "measure": "x", "answer": "x", "answered_by": "phone",
    }  # fmt: skip


def of_complaint(sees=handles, ok=200, **options):
    return {"POST": ApiRule(VIEW, row="complaint", sees=sees, ok=ok, **options)}


def of_task(ok=200, **options):
    return {"POST": ApiRule(TASK, row="subtask", ok=ok, **options)}


def why(world):
    return {"reason": "x"}


def appeal(world):
    return {"authority": "x", "reference": "y", "received_at": "2026-03-02T10:00:00+08:00"}


def proof(world):
    return {"proof": SimpleUploadedFile("proof.png", b"\x89PNG\r\n\x1a\n0000")}


def named(world):
    said = {"title": "a", "say": "b", "area": world.north}
    return said | {"category": Code(world.category)}


def over(world):
    return {"cause": Code(world.cause), "liability": "ours", "measure": "x", "answer": "x"}


def of_incident(**options):
    return {"POST": ApiRule(INCIDENTS, row="incident", **options)}


def many(world):
    """Nothing is there in the south; its owner reads what is kept of it, and nobody else."""
    return {"list": "complaints", "action": "note", "query": {"unit": world.south}, "told": {"text": "x"}}


def of_bulk(ok=200):
    leads = {"may": lambda knocker: knocker.holds("complaints.lead")}
    return {"POST": ApiRule(row="bulk", sees=is_owner, ok=ok, **leads)}


API_RULES = {
    # In progress with a department's task open: neither assigned, reopened nor resolved, and nobody is waited for.
    "api-complaint-assign": of_complaint(ok=422),
    "api-complaint-hand-over": of_complaint(leads, ok=422, body=lambda w: {"owner": w.owner, "reason": "x"}),
    "api-complaint-contact": of_complaint(body=lambda w: {"kind": "spoke", "way": "phone"}),
    "api-complaint-note": of_complaint(body=lambda w: {"text": "x"}),
    "api-complaint-wait": of_complaint(body=lambda w: {"what": "x"}),
    "api-complaint-go-on": of_complaint(ok=422),
    "api-complaint-resolve": of_complaint(ok=422, body=result),
    "api-complaint-withdraw": of_complaint(ok=422, body=why),  # a compensation waits to be approved
    "api-complaint-reject": of_complaint(
        leads, ok=422, body=lambda w: why(w) | {"direction": "x", "answered_by": "phone"}
    ),
    "api-complaint-reopen": of_complaint(leads, ok=422, body=why),
    "api-complaint-task-ask": of_complaint(
        ok=422, body=lambda w: {"unit": w.south, "what": "x", "due_at": TIME}
    ),  # a second department, and nobody coordinates
    "api-appeals": {"GET": ApiRule(REGULATOR, query=lambda w: {"complaint": w.complaint})},
    "api-appeal": {"GET": ApiRule(REGULATOR, row="regulatorcase", shows=lambda w: w.regulatorcase.reference)},
    "api-appeal-open": {"POST": ApiRule(REGULATOR, row="complaint", body=appeal, ok=201)},
    "api-appeal-answer": {"POST": ApiRule(REGULATOR, row="regulatorcase", body=lambda w: {"text": "x"})},
    "api-appeal-settle": {"POST": ApiRule(REGULATOR, row="regulatorcase", body=proof, form=True)},
    "api-appeal-close": {"POST": ApiRule(REGULATOR, row="answered_appeal")},
    "api-incidents": {
        "GET": ApiRule(INCIDENTS, query=lambda w: {"area": w.north}),
        "POST": ApiRule(INCIDENTS, body=named, ok=201),
    },
    "api-incident": {"GET": ApiRule(INCIDENTS, row="incident", shows=lambda w: w.incident.say)},
    "api-incident-tell": of_incident(body=lambda w: {"say": "x"}),
    "api-incident-end": of_incident(body=over),
    "api-incident-rest": of_incident(ok=422),  # it goes on
    "api-incident-link": of_incident(body=lambda w: {"complaints": [w.complaint]}, inside=VIEW),
    "api-incident-unlink": of_incident(body=lambda w: {"complaint": w.complaint}, inside=VIEW),
    "api-bulks": {"GET": ApiRule(), "POST": ApiRule(body=many, may=lambda k: k.holds("complaints.lead"), ok=422)},
    "api-bulk": {"GET": ApiRule(row="bulk", sees=is_owner)},
    "api-bulk-rows": {"GET": ApiRule(row="bulk", sees=is_owner)},
    "api-bulk-results": {"GET": ApiRule(row="bulk", sees=is_owner, noted=True)},
    "api-bulk-go": of_bulk(),
    "api-bulk-undo": of_bulk(),
    "api-bulk-cancel": of_bulk(ok=422),  # it was tried already
    "api-complaint-evidence": {"GET": ApiRule(REGULATOR, row="complaint", noted=True)},
    "api-complaint-tasks": {"GET": ApiRule(TASK, query=lambda w: {"unit": w.north})},
    "api-complaint-task-accept": of_task(),
    "api-complaint-task-done": of_task(ok=422, body=lambda w: {"result": "x"}),  # not accepted yet
    "api-complaint-task-return": of_task(body=lambda w: {"reason": "x"}),
}
