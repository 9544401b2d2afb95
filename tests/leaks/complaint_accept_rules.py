"""Rules of accepting complaints: the form, what stands beside it, its files."""

from django.core.files.uploadedfile import SimpleUploadedFile

from tests.leaks.back_office_rules import settings_of
from tests.leaks.rule import OK, Rule

ACCEPT, VIEW = "complaints.accept", "complaints.view"


def nobody(knocker):
    """What one accepted or began is one's own; the world's complaint is a clerk's who never knocks."""
    return False


def told(world):
    said = {"key": "00000000-0000-4000-8000-000000000021", "words": "慢", "channel": "hall", "answer_by": "phone"}
    return said | {"category": world.category, "person": world.owner, "incident": world.incident}


def call_form(world):
    return told(world) | {"caller_number": "13800001111"}


def customer_form(world):
    return told(world) | {"line": world.line, "visit": world.interaction, "files": SimpleUploadedFile("a.txt", b"abc")}


def beside_form(world):
    return {"category": world.category, "ask": "x"}


def category_form(world):
    return {"code": "77", "name": "a", "area": "network", "level": "1", "parent": "", "unit": world.north}


def cause_form(world):
    return {"code": "77", "name": "a", "liability": "ours"}


def duty_form(world):
    return {"order": 8, "category": world.category, "from_level": "1", "place": world.south, "unit": world.north,
            "active": "on"}  # fmt: skip


def card_form(world):
    return {"category": world.category, "title": "a", "text": "b"}


RULES = {
    "complaint-new": Rule(ACCEPT, methods="GET POST", body=call_form),
    "complaint-beside": Rule(ACCEPT, methods="POST", body=beside_form, ok={"POST": {OK}}),
    "customer-complaint": Rule(ACCEPT, row="customer", methods="GET POST", body=customer_form),
    "customer-complaint-beside": Rule(ACCEPT, row="customer", methods="POST", body=beside_form, ok={"POST": {OK}}),
    "complaint-accepted": Rule(ACCEPT, row="complaint", sees=nobody),
    "complaint-file": Rule(VIEW, row="complaint", also={"file": "attachment"}),
    **settings_of("complaints.category", "category", add=category_form, change=category_form),
    **settings_of("complaints.cause", "cause", add=cause_form, change=cause_form),
    **settings_of("complaints.duty", "duty", add=duty_form, change=duty_form),
    **settings_of("complaints.answercard", "answercard", add=card_form, change=card_form),
}
