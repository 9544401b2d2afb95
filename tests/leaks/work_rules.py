"""Follow-ups: by the customer's reach, by the unit that owes them, and by whose they are."""

from datetime import timedelta

from django.utils import timezone

from tests.leaks.rule import BAD, MOVED, Rule, arranges, of_customer

MORROW = (timezone.localtime() + timedelta(1)).strftime("%Y-%m-%dT%H:%M")


def leads(knocker):
    return knocker.reaches("work.lead")


def planned_form(world):
    key = {"key": "00000000-0000-4000-8000-000000000005", "kind": "visit", "what": "x", "told_by": "", "number": ""}
    return key | {"due_at": MORROW, "priority": 3}


def of_follow_up(right, **options):
    return Rule(right, row="followup", **options)


def arrange(**options):
    return of_follow_up("work.view", methods="POST", sees=arranges, **options)


def what_of(world):
    return world.followup.what


RULES = {
    "day": Rule("work.do"),
    "day-list": Rule("work.do"),
    "day-answer": of_follow_up("work.do", methods="POST", body=lambda w: {"answer": "neutral"}),
    "day-undo": of_follow_up("work.do", methods="POST", ok={"POST": {MOVED, BAD}}),  # nothing to take back
    "follow-ups": Rule("work.lead"),
    "promises": Rule("work.lead"),
    "follow-up": of_follow_up("work.view", shows=what_of),
    "follow-up-attempt": of_follow_up("work.do", methods="POST", body=lambda w: {"answer": "neutral"}),
    "follow-up-note": of_follow_up("work.do", methods="POST", body=lambda w: {"note": "x"}),
    "follow-up-move": arrange(body=lambda w: {"due_at": MORROW, "version": 1}),
    "follow-up-hand-over": arrange(body=lambda w: {"owner": "", "reason": "x"}),
    "follow-up-cancel": arrange(body=lambda w: {"reason": "x"}),
    "follow-up-take-over": of_follow_up("work.do", methods="POST"),
    "follow-up-try-again": of_follow_up("work.lead", methods="POST"),
    "customer-panel-follow-ups": of_customer("work.view", shows=what_of),
    "follow-up-new": of_customer("work.do", form=planned_form),
    "follow-up-merge": of_customer("work.do", methods="POST"),
}
