"""The pages: a secret shown once, a log that pages, buttons that do what they say, a notice where one stands still."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from audit.models import Event
from audit.trail import record
from customers.models import Customer
from tests import make
from tests.race import together
from webhooks import overview, sending
from webhooks.kinds import KINDS
from webhooks.models import Delivery, Subscription

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin():
    return make.sign_in("admin", language="en")


@pytest.fixture
def subscription(admin, receiver):
    return make.subscription(admin.person.branch, url=receiver.url, name="Billing")


def form(unit, **fields):
    sent = {"name": "Billing", "url": "https://receiver.example/x", "unit": unit.pk, "key": uuid4()}
    return sent | {"kinds": ["customer.*", "line.plan_changed"]} | fields


def happen(subscription, times=1):
    customer = Customer.objects.filter(number="KUNDE-000-4711").first()
    customer = customer or make.customer(subscription.unit, number="KUNDE-000-4711")
    return [record(customer, "customer.changed", by=None, customer=customer) for _ in range(times)]


def text(answer):
    return answer.content.decode()


def test_a_new_webhook_shows_its_secret_this_once(admin):
    sent = form(admin.person.branch)
    answer = admin.post("/webhooks/new/", sent)
    made = Subscription.objects.get()
    assert made.secret in text(answer)
    assert (made.branch, made.created_by, made.kinds) == (admin.person.branch, admin.person, sent["kinds"])
    again = admin.post("/webhooks/new/", sent)
    assert again.url == f"/webhooks/{made.pk}/"
    assert Subscription.objects.count() == 1
    for page in ("/webhooks/", again.url):
        assert made.secret not in text(admin.get(page))
    assert Event.objects.get(verb="webhook.subscribed").actor == admin.person


@pytest.mark.django_db(transaction=True)
def test_the_same_form_sent_at_once_makes_one():
    admin = make.user("admin")
    told = {"by": admin, "unit": admin.branch, "name": "x", "url": "https://receiver.example/", "kinds": ["line.*"]}
    key = uuid4()
    made = together(lambda: Subscription.subscribe(**told, key=key))
    assert sorted(is_new for _one, is_new in made) == [False, False, False, True]
    assert Event.objects.filter(verb="webhook.subscribed").count() == 1


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"url": "https://elsewhere.example/"}, "not among those that may be called"),
        ({"url": "http://receiver.example/"}, "not among those that may be called"),
        ({"url": "https://me:pw@receiver.example/"}, "whole address"),
        ({"kinds": []}, "required"),
        ({"kinds": ["person.hired"]}, "valid choice"),
        ({"name": ""}, "required"),
    ],
)
def test_what_cannot_be_subscribed_is_said_beside_what_was_typed(admin, wrong, said):
    answer = admin.post("/webhooks/new/", form(admin.person.branch) | wrong)
    assert answer.status_code == 422
    assert said in text(answer)
    assert wrong.get("url", "https://receiver.example/x") in text(answer)
    assert not Subscription.objects.exists()


def test_the_page_offers_every_declared_kind_and_every_told_verb_is_declared(admin):
    page = text(admin.get("/webhooks/new/"))
    assert all(f'value="{kind}"' in page for kind in KINDS)
    from customers.timeline.changes import WORDS

    assert set(WORDS) <= set(KINDS)


def test_a_new_secret_is_shown_once_and_asked_twice_is_once(admin, subscription):
    former = subscription.secret
    answer = admin.post(f"/webhooks/{subscription.pk}/secret/", {"seen": 1})
    subscription.refresh_from_db()
    assert subscription.secret in text(answer)
    assert former not in text(answer)
    again = admin.post(f"/webhooks/{subscription.pk}/secret/", {"seen": 1}, follow=True)
    assert "has been changed already" in text(again)
    subscription.refresh_from_db()
    assert subscription.secret_number == 2


def test_the_log_shows_request_and_answer_without_the_customers_number(admin, subscription, receiver):
    receiver.behave, receiver.body = lambda n: 500, b"<b>out of paper</b>"
    happen(subscription)
    sending.work_off()
    one = Delivery.objects.get()
    page = text(admin.get(f"/webhooks/{subscription.pk}/"))
    assert "Customer details changed" in page
    assert ">500<" in page
    page = text(admin.get(f"/webhooks/{subscription.pk}/deliveries/{one.pk}/"))
    assert one.message_id in page
    assert "&lt;b&gt;out of paper&lt;/b&gt;" in page
    assert "KUNDE0004711" not in page.replace("-", "")
    assert "KUN*" in page


def test_the_log_pages_by_row_at_the_same_cost(admin, subscription):
    happen(subscription, 3)
    address = f"/webhooks/{subscription.pk}/"
    admin.get(address)
    with CaptureQueriesContext(
        connection,
    ) as few:
        admin.get(address)
    happen(subscription, 130)
    with CaptureQueriesContext(connection) as many:
        page = text(admin.get(address))
    assert len(many) == len(few)
    seen, following = [], ""
    while True:
        page = text(admin.get(address + following))
        seen += re.findall(rf"/webhooks/{subscription.pk}/deliveries/(\d+)/", page)
        older = re.search(r'href="(\?before=\d+)"', page)
        if not older:
            break
        following = older[1]
    assert len(seen) == len(set(seen)) == 133


def test_the_list_costs_the_same_for_one_and_for_many(admin, subscription):
    admin.get("/webhooks/")
    with CaptureQueriesContext(connection) as few:
        admin.get("/webhooks/")
    for _ in range(3):
        happen(make.subscription(admin.person.branch))
    with CaptureQueriesContext(connection) as many:
        admin.get("/webhooks/")
    assert len(few) == len(many)


def test_pause_resume_and_withdraw(admin, subscription):
    at = f"/webhooks/{subscription.pk}"
    for word, state in [("pause", "paused"), ("resume", "active"), ("withdraw", "withdrawn"), ("resume", "withdrawn")]:
        answer = admin.post(f"{at}/{word}/", follow=True)
        subscription.refresh_from_db()
        assert subscription.state == state
    assert "Nothing was changed" in text(answer)
    assert list(Event.objects.filter(verb="subscription.moved").values_list("data__to", flat=True)) == [
        "paused",
        "active",
        "withdrawn",
    ]


def test_a_test_event_is_sent_and_says_nothing(admin, subscription, receiver):
    answer = admin.post(f"/webhooks/{subscription.pk}/test/")
    sending.work_off()
    one = Delivery.objects.get()
    assert answer.url == f"/webhooks/{subscription.pk}/deliveries/{one.pk}/"
    assert (one.state, one.payload["type"]) == ("delivered", "webhook.test")
    assert "Test event" in text(admin.get(answer.url))
    subscription.pause(by=None)
    assert "Resume it first" in text(admin.post(f"/webhooks/{subscription.pk}/test/", follow=True))


def test_one_is_sent_again_under_the_same_id(admin, subscription, receiver):
    happen(subscription)
    sending.work_off()
    one = Delivery.objects.get()
    admin.post(f"/webhooks/{subscription.pk}/deliveries/{one.pk}/redeliver/")
    sending.work_off()
    assert receiver.ids == [one.message_id] * 2
    assert Event.objects.get(verb="webhook.redelivered").data == {"delivery": one.pk}


def test_a_delivery_is_found_only_under_its_own_subscription(admin, subscription):
    happen(subscription)
    other, one = make.subscription(admin.person.branch), Delivery.objects.get()
    assert admin.get(f"/webhooks/{other.pk}/deliveries/{one.pk}/").status_code == 404


@pytest.mark.parametrize(("which", "again"), [("dead", 2), ("open", 3), ("all", 4)])
def test_a_period_is_sent_again(admin, subscription, which, again):
    happen(subscription, 5)
    states = ["dead", "dead", "waiting", "delivered", "dead"]
    now = timezone.now()
    for one, state in zip(Delivery.objects.order_by("id"), states, strict=True):
        ended = now if state in ("dead", "delivered") else None
        old = now - timedelta(days=3) if one == Delivery.objects.order_by("id").last() else now - timedelta(hours=1)
        times = {"created_at": old, "ended_at": ended, "next_at": now + timedelta(hours=5)}
        Delivery.objects.filter(pk=one.pk).update(state=state, attempts=7, **times)
    since = timezone.localtime(now - timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    answer = admin.post(f"/webhooks/{subscription.pk}/redeliver/", {"since": since, "which": which}, follow=True)
    assert f"{again} deliveries are sent again." in text(answer)
    due = Delivery.objects.filter(state="waiting", next_at__lte=timezone.now())
    assert [(one.tries, one.attempts) for one in due] == [(0, 7)] * again
    assert Event.objects.get(verb="webhook.redelivered").data["many"] == again


def test_a_period_without_a_beginning_is_asked_for(admin, subscription):
    assert admin.post(f"/webhooks/{subscription.pk}/redeliver/", {"which": "all"}).status_code == 422


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_one_that_stands_still_is_shown_on_the_first_page(receiver, language):
    admin = make.sign_in("admin", language=language)
    subscription = make.subscription(admin.person.branch, name="客服平台", url=receiver.url)
    assert subscription.name not in text(admin.get("/"))
    subscription.pause(by=None, stopped_for="failures")
    make.subscription(name="别的分公司", state="paused", stopped_for="gone")
    assert [line.subscription for line in overview.troubled(admin.person)] == [subscription]
    assert subscription.name in text(admin.get("/"))
    assert subscription.get_stopped_for_display() in text(admin.get("/")) or language != "en"


def test_nobody_but_the_administrator_of_the_branch_sees_it(subscription):
    for role, at in [("branch_head", subscription.unit), ("data_steward", subscription.unit)]:
        assert make.sign_in(role, at).get("/webhooks/").status_code == 403
    assert make.sign_in("admin").get(f"/webhooks/{subscription.pk}/").status_code == 404
