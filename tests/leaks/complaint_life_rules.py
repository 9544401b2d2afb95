"""The page of a complaint and what is done there; tasks of departments; compensations."""

from tests.leaks.rule import BAD, Rule

VIEW, LEAD, TASK, APPROVE = "complaints.view", "complaints.lead", "complaints.do_task", "complaints.approve"
KNOW = "complaints.know"
KEY = {"key": "00000000-0000-4000-8000-000000000061"}


def sees_task(knocker):
    return knocker.reaches(VIEW) or knocker.reaches(TASK)


def not_meant(knocker):
    """The world has a complaint about its owner: everybody else may at most know of it."""
    return knocker.place != "owner" and (sees_compensation(knocker) or sees_task(knocker) or knocker.reaches(KNOW))


def not_told(knocker):
    """Its callback and its message: whoever sees those of the customer, but not whom it is about."""
    return knocker.place != "owner" and knocker.reaches("customers.view")


def sees_compensation(knocker):
    return knocker.reaches(VIEW) or knocker.reaches(APPROVE)


def handles(knocker):
    return knocker.reaches(VIEW) and knocker.reaches("complaints.handle")


def leads(knocker):
    return knocker.reaches(VIEW) and knocker.reaches(LEAD)


def note_form(world):
    return KEY | {"edition": world.complaint.edition, "text": "x"}


def merge_form(world):
    """Into itself: refused, as whatever is no other open complaint of the customer."""
    return {"edition": world.complaint.edition, "into": world.complaint}


def of_task(**options):
    return Rule(TASK, row="subtask", methods="POST", **options)


def of_compensation(**options):
    return Rule(APPROVE, row="compensation", methods="POST", **options)


READERS = {
    "complaints.complaint": sees_task,  # a department reads what was said, for its part
    "complaints.about_owner": not_meant,
    "complaints.told_of_owner": not_told,
    "complaints.attachment": lambda knocker: sees_task(knocker) or knocker.reaches("customers.view"),
    "complaints.subtask": sees_task,
    "complaints.compensation": sees_compensation,
}
RULES = {
    "complaint": Rule(VIEW, row="complaint", shows=lambda w: w.complaint.words),
    "complaint-act": Rule(
        VIEW, row="complaint", args={"name": "note"}, methods="GET POST", body=note_form, sees=handles
    ),
    "complaint-merge": Rule(
        LEAD, row="complaint", methods="GET POST", body=merge_form, sees=leads, ok={"POST": {BAD}}
    ),
    "complaint-tasks": Rule(TASK),
    "complaint-task-accept": of_task(),
    "complaint-task-done": of_task(body=lambda w: {"result": "x"}, ok={"POST": {BAD}}),  # not accepted yet
    "complaint-task-return": of_task(body=lambda w: {"result": "x"}),
    "complaint-task-file": Rule(TASK, row="subtask", also={"file": "attachment"}),
    "complaint-task-cancel": Rule(VIEW, row="subtask", methods="POST", sees=handles),
    "compensations": Rule(APPROVE),
    "compensation-approve": of_compensation(),
    "compensation-refuse": of_compensation(body=lambda w: {"refused_for": "x"}),
}  # fmt: skip
