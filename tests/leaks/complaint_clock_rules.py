"""Rules of policies and of appeals; see tests/leaks/rules.py."""

from django.core.files.uploadedfile import SimpleUploadedFile

from tests.leaks.back_office_rules import settings_of
from tests.leaks.rule import OK, Rule

POLICIES, REGULATOR = "complaints.policies", "complaints.regulator"
PNG = b"\x89PNG\r\n\x1a\n0000"


def answers_regulator(knocker):
    return knocker.reaches(REGULATOR)


def sees_policies(knocker):
    return knocker.in_branch(POLICIES)


def policy_form(world):
    times = {"contact": "1", "result": "24", "calendar": world.workcalendar, "warnings": "50", "note": "", "seen": "1"}
    return times | {"do": "look", "if-unit_is": "one_of", "if-unit": world.north}


def count_form(world):
    return {"if-unit_is": "one_of", "if-unit": world.north}


def appeal_form(world):
    return {"authority": "x", "reference": "y", "received_at": "2026-03-02T10:00"}


def proof_form(world):
    return {"proof": SimpleUploadedFile("x.png", PNG, "image/png")}


def named_form(world):
    return {"code": "fresh", "name": "新", "name_en": "", "order": 7, "active": "on"}


def complaint_rules_form(world):
    days = {"legal_days": 15, "legal_in": "calendar", "warned_day": 10, "critical_day": 13, "appeal_days": 5}
    names = (
        "answer_days repeat_days batch batch_hours transfers untouched_hours dispatch_minutes "
        "wait_days reopen_days unmerge_days "
        "callback_hours fcr_days survey_days survey_valid_days clerk_limit desk_limit head_limit silent_share told_on "
        "leave_share suggestion_days tell_many_share told_many good_to_repair good_told_on loyal_share loyal_worth "
        "keep_worth growth growth_lost"
    )
    return days | dict.fromkeys(names.split(), 5) | {"when_dissatisfied": "reopen"}


READERS = {"complaints.regulatorcase": answers_regulator}
RULES = {
    "complaint-policies": Rule(POLICIES),
    "complaint-policy": Rule(
        POLICIES, row="policy", sees=sees_policies, methods="GET POST", body=policy_form, ok={"POST": {OK}}
    ),
    "complaint-policy-count": Rule(
        POLICIES, row="policy", sees=sees_policies, methods="POST", body=count_form, ok={"POST": {OK}}
    ),
    "appeals": Rule(REGULATOR),
    "appeal": Rule(REGULATOR, row="regulatorcase", shows=lambda world: world.regulatorcase.reference),
    "appeal-answer": Rule(REGULATOR, row="regulatorcase", methods="POST", body=lambda world: {"text": "x"}),
    "appeal-settle": Rule(REGULATOR, row="regulatorcase", methods="POST", body=proof_form),
    "appeal-close": Rule(REGULATOR, row="answered_appeal", methods="POST"),
    "appeal-new": Rule(REGULATOR, row="complaint", methods="GET POST", body=appeal_form),
    "complaint-evidence": Rule(REGULATOR, row="complaint", methods="POST", ok={"POST": {OK}}),
    **settings_of("complaints.policy", "policy", add=named_form, change=named_form),
    **settings_of("complaints.complaintrules", "complaintrules", change=complaint_rules_form),
}
