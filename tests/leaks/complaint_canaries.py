"""Complaints with canaries; see tests/leaks/world.py."""

from datetime import timedelta

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from audit.trail import record
from complaints.models import (
    AnswerCard,
    CallbackAnswer,
    Clock,
    ComplaintRules,
    Duty,
    KeywordRule,
    Macro,
    Policy,
    PolicyVersion,
    Script,
    Survey,
)
from complaints.models.complaints import ComplaintSeries
from jobs.models import Bulk
from tests import complaining, make
from tests.leaks.canaries import registry

FACTORIES, of = registry()


@of("complaints.Category")
def category(w):
    return complaining.category(w.branch, name=w.tell("class"), name_en=w.tell("class"))


@of("complaints.Cause")
def cause(w):
    return complaining.cause(w.branch, name=w.tell("cause"), name_en=w.tell("cause"))


@of("complaints.KeywordRule")
def keywordrule(w):
    return KeywordRule.objects.create(branch=w.branch, order=1, words=[w.tell("word")], category=w.category)


@of("complaints.ComplaintRules")
def complaintrules(w):
    return ComplaintRules.objects.create(branch=w.branch)


@of("complaints.ComplaintSeries")
def complaintseries(w):
    return ComplaintSeries.objects.create(branch=w.branch, year=2020, last=1)


@of("complaints.Policy")
def policy(w):
    made = Policy.objects.create(branch=w.branch, code="own", order=9, name=w.tell("policy"))
    w.policy_version = PolicyVersion.objects.create(policy=made, n=1, contact_minutes=60, result_minutes=600)
    w.policy_version.steps.create(n=1, clock="result", at_percent=80)
    return made


@of("complaints.Incident")
def incident(w):
    told = {name: w.tell("incident") for name in ("title", "title_en", "say", "say_en")}
    made = complaining.incident(w.branch, category=w.category, **told)
    made.updates.create(n=1, at=timezone.now(), by=made.by, text=w.tell("update"))
    return made


@of("complaints.Complaint")
def complaint(w):
    """One in progress, with everything that may belong to one."""
    hidden = {
        "words": w.hide("words"), "wanted": w.hide("wanted"), "place": w.hide("place"),
        "caller_name": w.hide("caller"), "caller_number": w.hide_number("caller"), "measure": w.hide("measure"),
        "answer": w.hide("answer"), "loss_stopped": w.hide("loss"), "waits_for": w.hide("waited for"),
    }  # fmt: skip
    made = complaining.complaint(
        w.customer, make.user("clerk", w.north), category=w.category, state="in_progress", incident=w.incident, **hidden
    )
    now = timezone.now()
    Clock.objects.create(complaint=made, kind="legal", started_at=now, due_at=now + timedelta(days=15))
    made.notes.create(text=w.hide("note"), key="note of the world", by=made.owner)
    _about_the_owner(w)
    return made


def _about_the_owner(w):
    """Another one, about the very person who has the customer: they neither read it nor know of it."""
    making, w.making = w.making, "complaints.about_owner"
    told = {"number": w.hide("number"), "words": w.hide("words"), "person": w.owner, "category": w.category}
    made = complaining.complaint(w.customer, make.user("clerk", w.north), state="in_progress", **told)
    complaining.task(made, w.north, what=w.hide("task"))
    complaining.compensation(made, reason=w.hide("reason"))
    complaining.appeal(made, reference=w.hide("reference"))
    made.notes.create(text=w.hide("note"), key="note about the owner", by=made.owner)
    with transaction.atomic():
        record(made, "complaint.accepted", by=None, customer=w.customer)
    w.making = "complaints.told_of_owner"
    about = {"about_type": "complaints.complaint", "about_id": made.pk}
    call = make.follow_up(w.customer, unit=w.north, what=w.hide("callback"), number=w.hide_number("call"), **about)
    make.message(w.customer, text=w.hide("message"), **about)
    with transaction.atomic():
        record(call, "follow_up.cancelled", by=None, customer=w.customer, reason=w.hide("reason of the call"))
    w.making = making


@of("complaints.Duty")
def duty(w):
    return Duty.objects.create(branch=w.branch, order=9, category=w.category, unit=w.north)


@of("complaints.Attachment")
def attachment(w):
    path = default_storage.save("complaints/x", ContentFile(w.hide("content")))
    return w.complaint.attachments.create(
        name=f"{w.hide('file')}.png", path=path, kind="image/png", size=1, digest="0" * 64
    )


@of("complaints.SubTask")
def subtask(w):
    return complaining.task(w.complaint, w.north, what=w.hide("task"))


@of("complaints.Compensation")
def compensation(w):
    return complaining.compensation(w.complaint, reason=w.hide("reason"))


@of("complaints.CallbackAnswer")
def callbackanswer(w):
    call = make.follow_up(w.customer, w.owner, unit=w.north)
    return CallbackAnswer.objects.create(
        complaint=w.complaint, follow_up=call, round=1, at=timezone.now(), by=w.owner, comment=w.hide("comment")
    )


@of("complaints.Survey")
def survey(w):
    until = timezone.now() + timedelta(days=14)
    return Survey.objects.create(
        complaint=w.complaint, round=1, token_hash=w.hide("token"), expires_at=until, comment=w.hide("comment")
    )


@of("complaints.RegulatorCase")
def regulatorcase(w):
    answered = {"state": "answered", "answered_at": timezone.now(), "answer": w.hide("answered")}
    w.answered_appeal = complaining.appeal(w.complaint, reference=w.hide("other reference"), **answered)
    return complaining.appeal(w.complaint, reference=w.hide("reference"), answer=w.hide("answer"))


@of("complaints.Script")
def script(w):
    return Script.objects.create(branch=w.branch, text=w.tell("script"), text_en=w.tell("script"))


@of("complaints.Topic")
def topic(w):
    return complaining.topic(w.branch, name=w.tell("topic"), name_en=w.tell("topic"))


@of("complaints.Suggestion")
def suggestion(w):
    return complaining.suggestion(w.customer, topic=w.topic, unit=w.north, text=w.hide("text"), answer=w.hide("answer"))


@of("complaints.AnswerCard")
def answercard(w):
    told = {name: w.tell("card") for name in ("title", "title_en", "text", "text_en")}
    return AnswerCard.objects.create(branch=w.branch, category=w.category, **told)


@of("complaints.Macro")
def macro(w):
    """Of the whole branch, so that every one who handles the complaint may use it."""
    names = {"name": w.tell("macro"), "name_en": w.tell("macro"), "note": w.tell("note")}
    return Macro.objects.create(branch=w.branch, unit=w.branch, **names)


@of("jobs.Bulk")
def bulk(w):
    """Tried by the owner, and nothing done yet."""
    tried = make.run(job="jobs.bulk_check", state="done", asked_by=w.owner, branch_id=w.branch.pk)
    fields = {"list": "complaints", "action": "note", "told": {"text": w.hide("note")}, "key": w.tell("key")}
    made = Bulk.objects.create(branch_id=w.branch.pk, asked_by=w.owner, check_run=tried, **fields)
    made.rows.create(subject_id=w.complaint.pk, state="fit")
    return made
