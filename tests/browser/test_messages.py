"""Writing to a customer without touching the mouse, and that every page of messages is fit to be read."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from outreach import consents
from outreach.models import Halt, Inbound, Message, Wave
from tests import make
from tests.browser.watch import problems_of_reading

pytestmark = pytest.mark.django_db(transaction=True)
PHONE = "13912345678"


@pytest.fixture
def department():
    return make.unit("department", make.branch())


@pytest.fixture
def customer(department):
    made = make.customer(department, name="诸葛小明")
    make.identifier(made, PHONE)
    return made


@pytest.fixture
def appointment(customer):
    make.template(customer.branch, name="缴费提醒", code="bill")
    make.rules(customer.branch)
    text = "{customer}，请于{day}{time}到{place}。"
    return make.template(customer.branch, name="预约确认", code="appointment", purpose="appointment", text_zh=text)


def test_a_message_is_written_by_keyboard(page_as, department, customer, appointment):
    clerk = make.user("clerk", department, language="en")
    page = page_as(clerk)
    page.goto(f"/customers/{customer.pk}/")
    page.get_by_role("link", name="Write").wait_for()
    page.keyboard.press("w")
    page.wait_for_url("**/messages/write/")
    page.keyboard.type("yyqr")
    page.get_by_role("option", name="预约确认").wait_for()
    page.keyboard.press("Enter")
    page.get_by_label("Day").wait_for()
    expect(page.locator("[name=value_day]")).to_be_focused()
    for value in ("明天", "15:00", "人民路营业厅"):
        page.keyboard.type(value)
        page.keyboard.press("Tab")
    page.get_by_text("诸葛小明，请于明天15:00到人民路营业厅。").wait_for()
    page.get_by_text("1 SMS part").wait_for()
    page.get_by_text("It would be sent at once.").wait_for()
    assert not problems_of_reading(page)
    page.keyboard.press("Control+Enter")
    page.wait_for_url(f"**/customers/{customer.pk}/")
    page.get_by_text("It is in the outbox.").wait_for()
    message = Message.objects.get()
    assert message.text == "诸葛小明，请于明天15:00到人民路营业厅。"
    assert (message.by, message.template) == (clerk, appointment)


def test_a_consent_is_kept_in_its_panel(page_as, department, customer):
    page = page_as(make.user("clerk", department, language="en"))
    page.goto(f"/customers/{customer.pk}/")
    page.get_by_role("button", name="Consent").click()
    page.get_by_label("Answer").select_option("refused")
    page.get_by_label("How it was said").select_option("call")
    page.keyboard.press("Control+Enter")
    page.get_by_text("Marketing by SMS: Refused", exact=True).wait_for()
    page.locator("#subject").get_by_text("No marketing").wait_for()


@pytest.fixture
def filled(department, customer, appointment):
    """Something on every page of messages."""
    head = make.user("branch_head", department.branch, language="zh-hans")
    ended = {"ended_at": timezone.now()}
    message = make.message(customer, to=PHONE, template=appointment, state="unknown", next_at=None)
    message.made.create(n=1, gateway="sms", outcome="unknown", status="timeout", **ended)
    message.decisions.create(what="doubted", reason="no_answer")
    make.message(customer, to=PHONE, state="failed", reason="refused", **ended)
    consents.say(customer, "marketing_sms", "refused", how="call", by=head)
    Inbound.objects.create(gateway="g", gateway_id="1", sender=PHONE, text="TD", handled_as="stop", customer=customer)
    Inbound.objects.create(gateway="g", gateway_id="2", sender="13700000000", text="?", handled_as="unmatched")
    Halt.objects.create(branch=department.branch, message_class="marketing", why="价格有误", by=head)
    Wave.objects.create(branch=department.branch, template=appointment, key="w", state="held", planned=99, usual=9)
    head.paths = ["/messages/", f"/messages/{message.pk}/", "/messages/inbound/", "/messages/templates/"]
    head.paths += [f"/messages/templates/{appointment.pk}/", "/messages/halts/", "/messages/waves/"]
    return head


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_page_of_messages_can_be_read(page_as, filled, width, theme):
    page = page_as(filled, width=width, theme=theme)
    for path in filled.paths:
        page.goto(path)
        assert not problems_of_reading(page), path
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
