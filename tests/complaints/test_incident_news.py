"""Who complained of an incident hears what is new of it, once each (batch; peers E 8); programs do as the pages do."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from complaints import texts
from complaints.incidents import passing_on, running
from complaints.models import Complaint, Incident
from jobs import runs
from jobs.models import Run
from outreach.models import Message, Template
from outreach.versions import versions_of
from tests import complaining, make
from tests.race import together

pytestmark = pytest.mark.django_db
ABOUT = "complaints.complaint"


@pytest.fixture
def hall():
    return make.unit("hall", parent=make.branch())


@pytest.fixture
def incident(hall):
    return complaining.incident(hall.branch, by=make.user("complaint_desk", hall.branch))


def child(hall, incident, *, customer=None, told="accepted", **fields):
    """Of a customer who was sent its number, or was to be sent it."""
    made = complaining.complaint(customer or make.reachable(hall), incident=incident, **fields)
    if told:
        ended = timezone.now() if told == "failed" else None
        make.message(made.customer, state=told, ended_at=ended, about_type=ABOUT, about_id=made.pk)
    return made


def tell(incident, say, **told):
    running.tell(Incident.objects.get(pk=incident.pk), by=incident.by, say=say, **told)


def worked_off():
    runs.work_off(only=list(Run.objects.filter(job=passing_on.TELLS).values_list("pk", flat=True)))


def news():
    """(id of the customer, text) of what was passed on, in order."""
    rows = Message.objects.filter(key__startswith="incident:").order_by("pk")
    return list(rows.values_list("customer", "text"))


def test_customers_of_complaints_in_hand_hear_each_new_text_once(hall, incident):
    english = make.reachable(hall, language="en")
    one, other = child(hall, incident), child(hall, incident, customer=english)
    child(hall, incident, customer=english)
    child(hall, incident, told="")
    child(hall, incident, told="failed")
    child(hall, incident, state="closed", **complaining.complaint_with("closed"))
    child(hall, None)
    for _twice in range(2):
        tell(incident, "光缆已找到", say_en="The fibre is found")
        worked_off()
    assert [who for who, _text in news()] == [one.customer_id, other.customer_id]
    assert "光缆已找到" in news()[0][1]
    assert one.number in news()[0][1]
    assert "The fibre is found" in news()[1][1]
    tell(incident, "光缆已找到", say_en="The fibre is found", expected_at=timezone.now() + timedelta(hours=2))
    worked_off()
    assert len(news()) == 2, "another time alone is not said anew"
    tell(incident, "今晚修复")
    worked_off()
    assert [who for who, _text in news()[2:]] == [one.customer_id, other.customer_id]
    assert Message.objects.filter(about_id=one.pk).count() == 3


def test_what_was_said_anew_or_is_over_meanwhile_is_not_passed_on(hall, incident):
    one = child(hall, incident)
    tell(incident, "一")
    tell(incident, "二")
    worked_off()
    assert [text for _who, text in news()] == [f"关于您的投诉 {one.number}：二"]
    tell(incident, "三")
    tell(incident, "三", expected_at=timezone.now() + timedelta(hours=2))
    worked_off()
    assert [text for _who, text in news()[1:]] == [f"关于您的投诉 {one.number}：三"], "another time is no other text"
    tell(incident, "四")
    told = {"measure": "修复", "answer": "已修复", "liability": "ours", "cause": complaining.cause(hall.branch)}
    running.end(Incident.objects.get(pk=incident.pk), by=incident.by, **told)
    worked_off()
    assert len(news()) == 2


def test_the_branch_writes_what_stands_around_the_news_in_both_languages(hall, incident):
    texts.ship(hall.branch)
    made, english = child(hall, incident), child(hall, incident, customer=make.reachable(hall, language="en"))
    tell(incident, "一", say_en="One")
    worked_off()
    shipped = [f"关于您的投诉 {made.number}：一", f"About your complaint {english.number}: One"]
    assert [text for _who, text in news()] == shipped, "as without a text of the branch"
    template = Template.objects.get(branch=hall.branch, code=passing_on.TEMPLATE)
    words = {"text_zh": "【{branch}】{ticket}进展：{text}", "text_en": "{branch}, {ticket}: {text}"}
    template.change(by=incident.by, version=1, **words)
    assert [one.number for one in versions_of(template)] == [2, 1]
    tell(incident, "二" * 300)
    worked_off()
    assert news()[2][1] == f"【{hall.branch}】{made.number}进展：{'二' * 300}", "whole, however long"
    kept = Message.objects.get(about_id=made.pk, key__startswith=f"incident:{incident.pk}:2:")
    assert (kept.template, kept.by, kept.any_time) == (template, incident.by, False)


def test_customers_hear_it_also_where_the_text_of_the_branch_is_not_in_use_or_too_long(hall, incident):
    texts.ship(hall.branch)
    one = child(hall, incident)
    template = Template.objects.get(branch=hall.branch, code=passing_on.TEMPLATE)
    template.change(by=incident.by, version=1, text_zh="很" * 150 + "{ticket}{text}")
    tell(incident, "二" * 300)
    worked_off()
    assert news()[0][1] == f"关于您的投诉 {one.number}：{'二' * 300}"
    template.change(by=incident.by, version=2, active=False)
    tell(incident, "三")
    worked_off()
    assert news()[1][1] == f"关于您的投诉 {one.number}：三"


@pytest.mark.django_db(transaction=True)
def test_passed_on_by_two_at_once_each_customer_hears_it_once():
    hall = make.unit("hall", parent=make.branch())
    incident = complaining.incident(hall.branch, by=make.user("complaint_desk", hall.branch))
    for _n in range(5):
        child(hall, incident)
    tell(incident, "光缆已找到")
    update = passing_on.update_of(incident, 1)

    def whole():
        with transaction.atomic():
            return passing_on.pass_on(update, 0)[1]

    assert sorted(together([whole] * 3)) == [0, 0, 5]
    assert len(news()) == 5


# Through the second door


@pytest.fixture
def program(hall):
    return make.Program(make.user("complaint_desk", hall.branch))


def test_a_program_names_tells_and_ends_an_incident_as_the_page_does(hall, program):
    kind = complaining.category(hall.branch)
    said = {"title": "光缆中断", "say": "正在抢修", "area": hall.pk, "category": kind.code}
    assert program.post("incidents/", said).status_code == 422, "a hall is no place for one"
    said["area"] = hall.branch_id
    made = [program.post("incidents/", said, key="once") for _n in range(2)]
    one = Incident.objects.get()
    assert [answer.status_code for answer in made] == [201, 201]
    assert made[0].json() == made[1].json()
    under = child(hall, None)
    linked = program.post(f"incidents/{one.pk}/link/", {"complaints": [under.pk]}).json()
    assert (linked["complaints"], linked["in_hand"]) == (1, 1)
    assert program.post(f"incidents/{one.pk}/unlink/", {"complaint": under.pk}).json()["complaints"] == 0
    program.post(f"incidents/{one.pk}/link/", {"complaints": [under.pk]})
    assert program.post(f"incidents/{one.pk}/tell/", {"say": "已找到"}).json()["say"] == "已找到"
    cause = complaining.cause(hall.branch)
    over = {"cause": cause.code, "liability": "ours", "measure": "修复", "answer": "已修复"}
    assert program.post(f"incidents/{one.pk}/end/", over).json()["state"] == "over"
    assert program.post(f"incidents/{one.pk}/end/", over).status_code == 422
    runs.work_off()
    assert Complaint.objects.get(pk=under.pk).state == "callback_due"
    listed = program.get("incidents/", {"state": "over"}).json()["results"]
    assert [(row["id"], row["in_hand"]) for row in listed] == [(one.pk, 0)]
