import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from customers.models import Interaction
from tests import make

pytestmark = pytest.mark.django_db
HTMX = {"hx-request": "true"}


@pytest.fixture
def hall():
    return make.unit("hall", make.branch())


@pytest.fixture
def customer(hall):
    return make.customer(hall)


@pytest.fixture
def reason(hall):
    parent = make.reason(hall.branch, code="23", name="套餐变更")
    return make.reason(
        hall.branch, code="2301", parent=parent, initials="bgtc", pinyin="biangengtaocan", stage="in_sale"
    )


@pytest.fixture
def browser(hall):
    return make.sign_in("clerk", hall, language="en")


def url(customer):
    return reverse("visit", args=[customer.pk])


def sent(reason=None, **fields):
    row = {"reason": reason.pk if reason else "", "reason_typed": "", "line": "", "detail": "", "result": "settled"}
    head = {"stage": "in_sale", "channel": "hall", "direction": "in", "next_step": "none", "key": uuid4()}
    return row | head | fields


def rows(*rows, **head):
    """Several rows as a browser sends them: one value per row and column."""
    columns = {name: [row.get(name, "") for row in rows] for name in ("reason", "reason_typed", "line", "detail")}
    return sent() | columns | {"result": [row.get("result", "settled") for row in rows]} | head


def test_the_form_comes_ready_for_the_persons_post(browser, customer, reason):
    shown = browser.get(url(customer), headers=HTMX).content.decode()
    assert 'data-keys="2301 bgtc biangengtaocan"' in shown
    assert 'data-stage="in_sale"' in shown
    assert re.search(r'value="hall"\s+selected', shown)
    assert "<html" not in shown


def test_without_scripts_it_is_a_page_of_its_own(browser, customer, reason):
    shown = browser.get(url(customer)).content.decode()
    assert "<html" in shown
    answer = browser.post(url(customer), sent(reason))
    assert (answer.status_code, answer["Location"]) == (302, reverse("customer", args=[customer.pk]))


def test_a_visit_with_two_items_is_saved_and_the_timeline_told(browser, customer, reason):
    line = make.line(customer)
    two = rows(
        {"reason": reason.pk, "detail": "次月生效", "line": line.pk}, {"reason": reason.pk, "result": "open"}, {}
    )
    answer = browser.post(url(customer), two | {"note": "急"}, headers=HTMX)
    assert answer.status_code == 200
    assert "timeline-changed" in answer["HX-Trigger"]
    done = Interaction.objects.get()
    assert list(done.items.values_list("detail", "line", "result")) == [
        ("次月生效", line.pk, "settled"),
        ("", None, "open"),
    ]
    assert (done.by, done.first_owner, done.note) == (browser.person, browser.person, "急")
    panel = browser.get(reverse("customer-panel-timeline", args=[customer.pk])).content.decode()
    assert "次月生效" in panel


def test_sent_twice_it_is_saved_once(browser, customer, reason):
    form = sent(reason)
    assert [browser.post(url(customer), form, headers=HTMX).status_code for _ in range(2)] == [200, 200]
    assert Interaction.objects.count() == 1


def test_what_is_missing_is_said_next_to_the_field_and_nothing_typed_is_lost(browser, customer, reason):
    wrong = rows(
        {"reason_typed": "不知道什么", "detail": "改地址"},
        {"reason": reason.pk, "detail": "第二件", "result": "declined"},
        note="很长的备注",
        next_step="follow_up",
        follow_up="回电",
        follow_up_on=timezone.localdate() - timedelta(days=1),
        stage="pre_sale",
    )
    answer = browser.post(url(customer), wrong, headers=HTMX)
    shown = answer.content.decode()
    assert answer.status_code == 422
    for kept in ("不知道什么", "改地址", "第二件", "很长的备注", "回电", str(wrong["key"])):
        assert kept in shown, kept
    assert re.search(r'value="declined"\s+selected', shown)
    assert re.search(r'value="pre_sale"\s+selected', shown)
    assert re.search(rf'value="{reason.pk}"[^>]*selected', shown)
    assert "Choose a reason from the list." in shown
    assert 'href="#item_0_reason"' in shown
    assert not Interaction.objects.exists()


def test_what_the_operation_refuses_stands_next_to_its_field(browser, customer, reason):
    late = sent(reason, next_step="follow_up", follow_up="回电", follow_up_on=timezone.localdate() - timedelta(days=1))
    answer = browser.post(url(customer), late, headers=HTMX)
    assert answer.status_code == 422
    assert re.search(r'id="id_follow_up_on_error"[^§]{0,60}This day has passed.', answer.content.decode())


@pytest.mark.parametrize("missing", ["stage", "channel", "direction", "next_step", "key"])
def test_the_head_is_complete(browser, customer, reason, missing):
    form = sent(reason)
    del form[missing]
    assert browser.post(url(customer), form, headers=HTMX).status_code == 422


@pytest.mark.parametrize("made_up", [{"reason": "999999"}, {"reason": "x"}, {"line": "999999"}, {"result": "won"}])
def test_made_up_choices_are_refused(browser, customer, reason, made_up):
    assert browser.post(url(customer), sent(reason) | made_up, headers=HTMX).status_code == 422
    assert not Interaction.objects.exists()


def test_a_line_of_somebody_else_is_refused(browser, customer, reason):
    foreign = make.line(make.customer(customer.branch))
    answer = browser.post(url(customer), sent(reason, line=foreign.pk), headers=HTMX)
    assert answer.status_code == 422
    assert foreign.number not in answer.content.decode()


def test_an_empty_form_asks_for_a_reason(browser, customer, reason):
    answer = browser.post(url(customer), sent(), headers=HTMX)
    assert answer.status_code == 422
    assert "Choose a reason from the list." in answer.content.decode()


def test_what_was_typed_for_a_follow_up_and_not_chosen_is_dropped(browser, customer, reason):
    form = sent(reason, follow_up="回电", follow_up_on=timezone.localdate())
    assert browser.post(url(customer), form, headers=HTMX).status_code == 200
    assert Interaction.objects.get().follow_up == ""


def test_a_guide_chooses_among_masked_lines(hall, customer, reason):
    line = make.line(customer, number="13912345678")
    guide = make.sign_in("guide", hall)
    shown = guide.get(url(customer), headers=HTMX).content.decode()
    assert "139****5678" in shown
    assert "13912345678" not in shown
    assert guide.post(url(customer), sent(reason, line=line.pk), headers=HTMX).status_code == 200


@pytest.mark.parametrize(("role", "status"), [("quality", 403), ("branch_head", 403), ("vip_manager", 404)])
def test_who_may_not_record_changes_nothing(hall, customer, reason, role, status):
    other = make.sign_in(role, hall.branch)
    assert other.get(url(customer)).status_code == status
    assert other.post(url(customer), sent(reason)).status_code == status
    assert not Interaction.objects.exists()


def test_the_form_asks_as_many_questions_for_30_lines_as_for_1(browser, hall, reason, django_assert_max_num_queries):
    for lines in (1, 30):
        customer = make.customer(hall)
        for _ in range(lines):
            make.line(customer)
        with django_assert_max_num_queries(9):
            browser.get(url(customer), headers=HTMX)
