"""The phones of the simulator in the product: what stands on them, and answering as a customer would."""

import pytest

from outreach import simulated
from outreach.forms.levers import BEHAVIOURS
from outreach.models import Message
from outreach.simulator.behaviour import KINDS
from tests import make
from tests.outreach import centre as centres

pytestmark = pytest.mark.django_db
NUMBER = "13800000001"


@pytest.fixture
def centre(tmp_path, settings):
    with centres.running(tmp_path) as one:
        settings.GATEWAYS = {"sms": centres.address(one), "email": ""}
        yield one


@pytest.fixture
def clerk():
    return make.sign_in("clerk", language="en")


@pytest.fixture
def customer(clerk):
    made = make.customer(clerk.person.branch, name="张伟明")
    make.identifier(made, NUMBER)
    return made


def sent_to(customer, **fields):
    fields = {"to": NUMBER, "channel": "sms", "message_class": "service", "language": "zh-hans", "text": "x"} | fields
    known = {"key": f"test/{customer.pk}", "gateway": simulated.NAME, "branch": customer.branch}
    return Message.objects.create(customer=customer, **known | fields)


def receive(centre, text, number=NUMBER):
    said = {"ref": f"r{text}", "channel": "sms", "to": number, "text": text}
    centre.book.take(said, once=True, arrives=True, report=None)


def text(answer):
    return answer.content.decode()


def test_a_phone_shows_what_came_and_what_was_answered(clerk, customer, centre):
    receive(centre, "您的账单已出")
    answer = clerk.post(f"/phones/{customer.pk}/reply/", {"text": "TD"})
    assert answer.url == f"/phones/{customer.pk}/"
    page = text(clerk.get(answer.url))
    assert page.index("您的账单已出") < page.index("TD</p>")
    assert NUMBER in page
    lines = centre.book.phone(NUMBER)
    assert [row["text"] for row in lines["replied"]] == ["TD"]
    assert "您的账单已出" in text(clerk.get(f"/phones/{customer.pk}/screen/"))


def test_an_empty_phone_says_so(clerk, customer, centre):
    assert "Nothing on this phone yet" in text(clerk.get(f"/phones/{customer.pk}/"))


def test_a_customer_without_a_number_has_no_phone(clerk, centre):
    bare = make.customer(clerk.person.branch)
    assert "no mobile number" in text(clerk.get(f"/phones/{bare.pk}/"))
    assert clerk.post(f"/phones/{bare.pk}/reply/", {"text": "TD"}).status_code == 422


def test_what_cannot_be_sent_is_not_lost(clerk, customer, centre):
    assert clerk.post(f"/phones/{customer.pk}/reply/", {"text": ""}).status_code == 422
    answer = clerk.post(f"/phones/{customer.pk}/reply/", {"text": "x" * 501})
    assert (answer.status_code, "x" * 501 in text(answer)) == (422, True)


def test_the_list_shows_whom_one_wrote_to_last(clerk, customer, centre):
    other = make.customer(clerk.person.branch, name="李静")
    sent_to(other)
    sent_to(customer)
    sent_to(make.customer(name="王芳"))
    page = text(clerk.get("/phones/"))
    assert page.index("张伟明") < page.index("李静")
    assert "王芳" not in page


def test_a_phone_is_found_by_name(clerk, customer, centre):
    from customers.search.index import index

    index([customer.pk])
    assert f"/phones/{customer.pk}/" in text(clerk.post("/phones/", {"q": "zhangweiming"}))
    assert "Nobody within your reach" in text(clerk.post("/phones/", {"q": "nobody"}))


def test_the_list_asks_the_same_questions_for_one_and_for_three(clerk, customer, centre):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    sent_to(customer)
    clerk.get("/phones/")
    with CaptureQueriesContext(connection) as one:
        clerk.get("/phones/")
    for _ in range(2):
        sent_to(make.customer(clerk.person.branch))
    with CaptureQueriesContext(connection) as three:
        clerk.get("/phones/")
    assert len(one) == len(three)


def test_a_guide_sees_a_masked_phone(centre):
    guide = make.sign_in("guide", language="en")
    customer = make.customer(guide.person.branch, name="张伟明")
    make.identifier(customer, NUMBER)
    receive(centre, "张伟明，请致电 13912345678")
    page = text(guide.get(f"/phones/{customer.pk}/"))
    assert "张伟明" not in page
    assert "13912345678" not in page
    assert NUMBER not in page


def test_where_a_real_gateway_is_connected_there_are_no_phones(clerk, customer, settings):
    for url in ("", "http://127.0.0.1:9?name=operator"):
        settings.GATEWAYS = {"sms": url, "email": ""}
        answer = clerk.get(f"/phones/{customer.pk}/")
        assert (answer.status_code, "only while the simulator" in text(answer)) == (404, True)
        assert "/phones/" not in text(clerk.get("/profile/"))


def test_a_silent_simulator_is_said_so(clerk, customer, settings):
    settings.GATEWAYS = {"sms": "http://127.0.0.1:9?name=simulator", "email": ""}
    assert "does not answer" in text(clerk.get(f"/phones/{customer.pk}/"))
    answer = clerk.post(f"/phones/{customer.pk}/reply/", {"text": "TD"})
    assert (answer.status_code, "does not answer" in text(answer), "TD" in text(answer)) == (422, True, True)


def test_an_administrator_sets_what_happens_next(centre):
    admin = make.sign_in("admin", language="en")
    assert admin.post("/phones/levers/", {"behaviour": "timeout", "count": 3}).url == "/phones/levers/"
    assert centre.behaviour.following == ["timeout", 3]
    assert "Waiting for 3 more messages: Takes it and never answers." in text(admin.get("/phones/levers/"))
    assert admin.post("/phones/levers/", {"behaviour": "burn", "count": 1}).status_code == 422
    assert admin.get("/phones/").status_code == 403


def test_nobody_else_does(clerk, centre):
    assert clerk.get("/phones/levers/").status_code == 403


def test_an_administrator_lets_it_fail_until_it_is_switched_off(centre):
    admin = make.sign_in("admin", language="en")
    on = {"share": 20, "failure": "throttle", "delay": 1.5}
    assert admin.post("/phones/levers/faults/", on).url == "/phones/levers/"
    assert (centre.behaviour.mix, centre.behaviour.delay) == ({"throttle": 0.2, "delay": 0.8}, 1.5)
    page = text(admin.get("/phones/levers/"))
    assert "20 % of messages: Says: not now" in page
    assert "80 % of messages: Takes it, but answers slowly (after 1.5 s)" in page
    page = text(admin.post("/phones/levers/faults/", {}, follow=True))
    assert "Switched off" in page
    assert "of messages:" not in page
    assert centre.behaviour.mix == {}


@pytest.mark.parametrize(
    ("asked", "mix"),
    [
        ({"share": 100, "failure": "lose", "delay": 3}, {"lose": 1.0}),
        ({"delay": 3}, {"delay": 1.0}),
        ({"share": 5, "failure": "reset"}, {"reset": 0.05}),
        ({"failure": "reset"}, {}),
    ],
)
def test_a_share_goes_wrong_and_the_others_are_slow(centre, asked, mix):
    assert make.sign_in("admin").post("/phones/levers/faults/", asked).status_code == 302
    assert centre.behaviour.mix == mix


@pytest.mark.parametrize("wrong", [{"share": 5}, {"share": 101, "failure": "lose"}, {"delay": -1}, {"failure": "burn"}])
def test_what_it_cannot_do_changes_nothing_and_is_not_lost(centre, wrong):
    before = centre.behaviour.shown()
    answer = make.sign_in("admin").post("/phones/levers/faults/", wrong)
    assert answer.status_code == 422
    assert f'value="{next(iter(wrong.values()))}"' in text(answer) or "burn" in wrong.values()
    assert centre.behaviour.shown() == before


def test_a_simulator_that_is_gone_is_said_so_on_its_page(settings):
    settings.GATEWAYS = {"sms": "http://127.0.0.1:9?name=simulator", "email": ""}
    admin = make.sign_in("admin", language="en")
    assert admin.get("/phones/levers/").status_code == 200
    for path, said in (("", {"behaviour": "lose", "count": 1}), ("faults/", {"delay": 3})):
        answer = admin.post(f"/phones/levers/{path}", said)
        assert (answer.status_code, "does not answer" in text(answer)) == (422, True)


def test_every_behaviour_has_words():
    assert set(BEHAVIOURS) == set(KINDS)
