"""Every suggestion has a decision and an answer to the customer."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from complaints import call_texts, suggesting
from complaints.models import Suggestion
from outreach.models import Message
from tests import complaining, make
from tests.race import race
from work.models import Notice

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def suggested(customer, **fields):
    topic = fields.pop("topic", None) or complaining.topic(customer.branch)
    told = {"key": "k", "text": "加开夜间窗口", "channel": "hall", "at": NOW, "customer": customer} | fields
    return suggesting.suggest(by=make.user("clerk", customer.unit), branch=customer.branch, topic=topic, **told)


@pytest.fixture
def customer():
    return make.reachable(make.unit("hall"))


def test_it_goes_to_who_decides_about_its_topic_and_is_one_for_its_key(customer):
    department = make.unit("department", customer.branch)
    topic = complaining.topic(customer.branch, unit=department)
    made = suggested(customer, topic=topic)
    assert (made.unit, made.due_at) == (department, NOW + timedelta(days=15))
    assert suggested(customer, topic=topic) == made


def test_without_words_or_of_another_branch_it_is_refused(customer):
    with pytest.raises(ValidationError):
        suggested(customer, text="  ")
    with pytest.raises(ValidationError):
        suggested(customer, topic=complaining.topic(make.branch()))


@pytest.mark.practice("A31")
@pytest.mark.practice("D12")
def test_whatever_is_decided_the_customer_is_told(customer):
    call_texts.ship(customer.branch)
    made, head = suggested(customer), make.user("branch_head", customer.branch)
    for missing in ("reason", "answer"):
        with pytest.raises(ValidationError) as refusal:
            suggesting.decide(made, "not", by=head, at=NOW, **({"reason": "人手", "answer": "谢谢"} | {missing: " "}))
        assert missing in refusal.value.message_dict
    told = {"by": head, "at": NOW, "reason": "人手不足", "answer": "暂不能增加窗口，请使用自助终端"}
    for _ in range(2):
        suggesting.decide(made, "not", **told)
    assert (made.state, made.decision) == ("answered", "not")
    assert "请使用自助终端" in Message.objects.get().text
    with pytest.raises(ValidationError):
        suggesting.decide(made, "taken", **told)


def test_also_without_a_text_of_the_branch(customer):
    made = suggested(customer)
    suggesting.decide(made, "taken", by=make.user("branch_head", customer.branch), at=NOW, reason="好", answer="下月开")
    assert Message.objects.get().text == "下月开"


def test_who_decides_hears_once_that_it_is_late(customer):
    head = make.user("branch_head", customer.branch)
    made = suggested(customer)
    assert suggesting.ring_late(NOW + timedelta(days=14)) == 0
    assert [suggesting.ring_late(NOW + timedelta(days=16)) for _ in range(2)] == [1, 0]
    notice = Notice.objects.get()
    assert (notice.user, notice.subject_id) == (head, made.pk)


def test_topics_are_ranked(customer):
    often, seldom = complaining.topic(customer.branch), complaining.topic(customer.branch)
    for n, topic in enumerate((seldom, often, often)):
        suggested(customer, topic=topic, key=str(n))
    ranked = suggesting.ranked(Suggestion.objects.all())
    assert [(one, one.n, one.taken) for one in ranked] == [(often, 2, 0), (seldom, 1, 0)]


def test_from_the_customer_s_page_to_the_answer(customer):
    topic = complaining.topic(customer.branch)
    clerk = make.sign_in("clerk", customer.unit, language="en")
    address = f"/customers/{customer.pk}/suggestions/new/"
    assert clerk.get(address).status_code == 200
    form = {"key": str(uuid4()), "topic": topic.pk, "text": "加开窗口", "channel": "hall"}
    assert clerk.post(address, form | {"text": ""}).status_code == 422
    for _ in range(2):
        assert clerk.post(address, form).status_code == 302
    made = Suggestion.objects.get()
    head = make.sign_in("branch_head", customer.branch, language="en")
    assert "加开窗口" in head.get("/suggestions/?which=waiting").content.decode()
    assert head.get("/suggestions/?which=late").content.decode().count("加开窗口") == 0
    assert head.get(f"/suggestions/{made.pk}/").status_code == 200
    assert clerk.post(f"/suggestions/{made.pk}/decide/", {}).status_code == 403
    said = {"decision": "taken", "reason": "可行", "answer": "下月开"}
    assert head.post(f"/suggestions/{made.pk}/decide/", said | {"reason": ""}).status_code == 422
    assert head.post(f"/suggestions/{made.pk}/decide/", said).status_code == 302
    assert "下月开" in head.get(f"/suggestions/{made.pk}/").content.decode()
    assert clerk.post("/suggestions/new/", form | {"key": str(uuid4())}).status_code == 302


def test_programs_write_down_and_decide(customer):
    topic = complaining.topic(customer.branch)
    body = {"topic": topic.code, "text": "加开窗口", "channel": "web", "customer": customer.pk}
    made = make.Program(make.user("hotline", customer.branch)).post("suggestions/", body)
    assert made.status_code == 201
    head = make.Program(make.user("branch_head", customer.branch))
    said = {"decision": "later", "reason": "预算", "answer": "明年考虑"}
    assert head.post(f"suggestions/{made.json()['id']}/decide/", said).json()["state"] == "answered"
    assert head.get("suggestions/").json()["results"][0]["answer"] == "明年考虑"
    assert head.get("callback-answers/").json()["results"] == []


@pytest.mark.django_db(transaction=True)
def test_of_two_decisions_at_once_one_holds():
    customer = make.reachable()
    made = suggested(customer)
    head = make.user("branch_head", customer.branch)
    told = {"by": head, "at": NOW, "reason": "好", "answer": "好"}
    works = [
        lambda d=decision: suggesting.decide(Suggestion.objects.get(pk=made.pk), d, **told)
        for decision in ("taken", "not")
    ]
    race(made, works)
    assert Message.objects.count() == 1
