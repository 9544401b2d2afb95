import re
from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from audit.models import Event
from customers.models import Customer
from tests import make

pytestmark = pytest.mark.django_db
HTMX = {"hx-request": "true"}
NEW = "/customers/new/"


@pytest.fixture
def hall():
    made = make.unit("hall", make.branch())
    make.tier(made.branch)
    return made


@pytest.fixture
def clerk(hall):
    return make.sign_in("clerk", hall, language="en")


def details(**fields):
    return {"name": "李娜", "kind": "personal", "language": "zh-hans", "birthday": "", "address": ""} | fields


def fields_of(answer):
    """What the form on a page would send."""
    html = answer.content.decode()
    found = dict(re.findall(r'<input[^>]*name="(version|seen)"[^>]*value="([^"]*)"', html))
    return {name: value.replace("&quot;", '"') for name, value in found.items()}


def test_a_customer_is_opened_in_the_clerks_hall(clerk, hall):
    answer = clerk.post(NEW, details(phone="13812345678", document="11010519491231002X"))
    made = Customer.objects.get()
    assert answer["Location"] == reverse("customer", args=[made.pk])
    assert (made.unit, made.identifiers.count()) == (hall, 3)


@pytest.mark.parametrize("same", ["phone", "document", "number"])
def test_one_who_may_already_be_there_is_shown_with_a_way_to_use_them(clerk, hall, same):
    values = {"phone": "13812345678", "document": "11010519491231002X", "number": "A-100"}
    there = Customer.open(by=clerk.person, unit=hall, name="李丽", **values)
    answer = clerk.post(NEW, details(**{same: values[same]}))
    shown = answer.content.decode()
    assert answer.status_code == 422
    assert reverse("customer", args=[there.pk]) in shown
    assert "Use this one" in shown
    assert "李娜" in shown
    assert Customer.objects.count() == 1


def test_somebody_else_with_the_same_phone_is_opened_when_the_clerk_says_so(clerk, hall):
    Customer.open(by=clerk.person, unit=hall, name="李丽", phone="13812345678")
    assert clerk.post(NEW, details(phone="13812345678", anyway="on")).status_code == 302
    assert Customer.objects.count() == 2


def test_a_taken_number_stays_refused(clerk, hall):
    Customer.open(by=clerk.person, unit=hall, name="李丽", number="A-100")
    answer = clerk.post(NEW, details(number="A-100", anyway="on"))
    assert answer.status_code == 422
    assert "Another customer has this number." in answer.content.decode()


def test_likeness_shows_while_one_types_and_only_within_reach(clerk, hall):
    near = Customer.open(by=clerk.person, unit=hall, name="李丽", phone="13812345678")
    other = make.branch()
    make.tier(other)
    far = Customer.open(by=clerk.person, unit=other, name="秘密人", phone="13812345678")
    shown = clerk.post(reverse("customer-like"), {"phone": "138 1234 5678"}, headers=HTMX).content.decode()
    assert "李丽" in shown
    assert reverse("customer", args=[near.pk]) in shown
    assert "秘密人" not in shown
    assert far.number not in shown or far.number == near.number
    assert "李丽" not in clerk.post(reverse("customer-like"), {"phone": ""}, headers=HTMX).content.decode()


def test_the_surest_likeness_comes_first(clerk, hall):
    Customer.open(by=clerk.person, unit=hall, name="同号人", phone="13812345678")
    Customer.open(by=clerk.person, unit=hall, name="同证人", document="11010519491231002X")
    form = {"phone": "13812345678", "document": "11010519491231002X"}
    shown = clerk.post(reverse("customer-like"), form, headers=HTMX).content.decode()
    assert shown.index("同证人") < shown.index("同号人")


def test_an_old_number_is_no_likeness(clerk, hall):
    there = Customer.open(by=clerk.person, unit=hall, name="李丽", phone="13812345678")
    there.end_number(there.identifiers.get(kind="contact"), by=clerk.person)
    assert clerk.post(NEW, details(phone="13812345678")).status_code == 302


@pytest.mark.parametrize("role", ["guide", "vip_manager", "department_head", "data_steward"])
def test_only_clerks_and_the_hotline_open_customers(hall, role):
    browser = make.sign_in(role, hall)
    assert browser.get(NEW).status_code == browser.post(NEW, details()).status_code == 403
    assert not Customer.objects.exists()


@pytest.mark.parametrize(("role", "offered"), [("clerk", True), ("guide", False)])
def test_the_list_leads_to_a_new_customer_for_those_who_open_them(hall, role, offered):
    shown = make.sign_in(role, hall).get(reverse("customers")).content.decode()
    assert (NEW in shown) is offered


def test_bad_input_keeps_what_was_typed(clerk):
    answer = clerk.post(NEW, details(address="人民路", birthday="2026-99-99", kind="alien"))
    assert answer.status_code == 422
    assert "人民路" in answer.content.decode()
    assert "2026-99-99" in answer.content.decode()


def test_changes_are_saved_and_dated(clerk, hall):
    customer = make.customer(hall)
    url = reverse("customer-edit", args=[customer.pk])
    form = fields_of(clerk.get(url)) | details(name="张三", birthday="1990-01-02")
    assert clerk.post(url, form).status_code == 302
    customer.refresh_from_db()
    assert (customer.name, customer.birthday, customer.version) == ("张三", date(1990, 1, 2), 2)


def test_a_change_in_between_shows_mine_and_theirs_and_loses_nothing(clerk, hall):
    customer = make.customer(hall, name="张伟", address="旧路 1 号")
    url = reverse("customer-edit", args=[customer.pk])
    mine = fields_of(clerk.get(url)) | details(name="张三", address="旧路 1 号", birthday="1990-01-02")
    customer.change(by=make.user("clerk", hall), version=1, name="张四", address="新路 2 号")
    answer = clerk.post(url, mine)
    shown = answer.content.decode()
    assert answer.status_code == 409
    assert "now it says “张四”" in shown
    assert re.search(r'name="name" value="张三"', shown)
    assert re.search(r'name="address" value="新路 2 号"', shown)  # not touched by this person: follows the record
    assert "旧路" not in shown
    assert "1990-01-02" in shown
    customer.refresh_from_db()
    assert customer.name == "张四"
    again = fields_of(answer) | details(name="张三", address="新路 2 号", birthday="1990-01-02")
    assert clerk.post(url, again).status_code == 302
    customer.refresh_from_db()
    assert (customer.name, customer.address, customer.version) == ("张三", "新路 2 号", 3)


def test_a_made_up_base_does_no_harm(clerk, hall):
    customer = make.customer(hall)
    url = reverse("customer-edit", args=[customer.pk])
    for seen in ("[]", "nonsense", "1", '{"name": {}}'):
        answer = clerk.post(url, details(version="7", seen=seen))
        assert answer.status_code in (409, 422), seen


def test_a_manager_changes_their_own_customers_only(hall):
    browser = make.sign_in("vip_manager", hall)
    own, other = make.customer(hall, manager=browser.person), make.customer(hall)
    assert browser.get(reverse("customer-edit", args=[own.pk])).status_code == 200
    assert browser.get(reverse("customer-edit", args=[other.pk])).status_code == 404


def test_a_guide_changes_nobody(hall):
    customer = make.customer(hall, name="张伟")
    browser = make.sign_in("guide", hall)
    assert browser.post(reverse("customer-edit", args=[customer.pk]), details(version=1)).status_code == 403
    customer.refresh_from_db()
    assert customer.name == "张伟"


def test_a_head_assigns_books_and_withdraws_a_manager(hall):
    head = make.sign_in("branch_head", hall.branch, language="en")
    customer, manager = make.customer(hall), make.user("vip_manager", hall.branch, name="陈安")
    url = reverse("customer-assign", args=[customer.pk])
    assert "陈安" in head.get(url, headers=HTMX).content.decode()
    day = timezone.localdate() + timedelta(days=3)
    answer = head.post(url, {"manager": manager.pk, "on": day}, headers=HTMX)
    assert "customer-changed" in answer["HX-Trigger"]
    assert "Booked" in answer.content.decode()
    late = head.post(url, {"manager": "", "on": timezone.localdate()}, headers=HTMX)
    assert late.status_code == 200
    booked = customer.assignments.get()
    head.post(reverse("customer-withdraw", args=[customer.pk, booked.pk]), headers=HTMX)
    assert not customer.assignments.exists()


def test_a_refused_assignment_keeps_the_form(hall):
    head = make.sign_in("branch_head", hall.branch, language="en")
    customer, manager = make.customer(hall), make.user("vip_manager", hall.branch)
    url = reverse("customer-assign", args=[customer.pk])
    answer = head.post(url, {"manager": manager.pk, "on": "2020-01-01"}, headers=HTMX)
    assert answer.status_code == 422
    assert "The hand-over must be today or later." in answer.content.decode()


def test_what_has_begun_is_not_withdrawn_and_the_panel_says_so(hall):
    head = make.sign_in("branch_head", hall.branch, language="en")
    customer = make.customer(hall)
    begun = make.assignment(customer, make.user("vip_manager", hall.branch))
    answer = head.post(reverse("customer-withdraw", args=[customer.pk, begun.pk]), headers=HTMX)
    assert answer.status_code == 422
    assert "This assignment has begun" in answer.content.decode()
    assert customer.assignments.exists()


def test_the_tier_form_moves_and_locks_in_one_go(hall):
    head = make.sign_in("branch_head", hall.branch)
    customer, gold = make.customer(hall), make.tier(hall.branch, code="gold", name="金卡", order=2)
    url = reverse("customer-tier", args=[customer.pk])
    head.post(url, {"tier": gold.pk, "reason": "消费达标", "locked_high_value": "on"}, headers=HTMX)
    customer.refresh_from_db()
    assert (customer.tier, customer.locked_high_value) == (gold, True)
    foreign = make.tier(make.branch())
    assert head.post(url, {"tier": foreign.pk, "reason": "x"}, headers=HTMX).status_code == 422


@pytest.mark.parametrize("name", ["customer-assign", "customer-tier"])
def test_clerks_neither_assign_nor_grade(clerk, hall, name):
    customer = make.customer(hall)
    url = reverse(name, args=[customer.pk])
    assert clerk.get(url).status_code == clerk.post(url, {"reason": "x"}).status_code == 403
    assert not Event.objects.exists()


def test_a_department_head_reaches_only_the_department(hall):
    department = make.unit("department", hall.branch)
    browser = make.sign_in("department_head", department)
    inside, outside = make.customer(department), make.customer(hall)
    assert browser.get(reverse("customer-assign", args=[inside.pk]), headers=HTMX).status_code == 200
    assert browser.get(reverse("customer-assign", args=[outside.pk]), headers=HTMX).status_code == 404


def test_numbers_are_added_and_ended_on_the_page(clerk, hall):
    customer = make.customer(hall)
    add = reverse("customer-number-add", args=[customer.pk])
    clerk.post(add, {"kind": "contact", "written": "138 1234 5678"}, headers=HTMX)
    number = customer.identifiers.get()
    assert number.value == "13812345678"
    clerk.post(reverse("customer-number-end", args=[customer.pk, number.pk]), headers=HTMX)
    number.refresh_from_db()
    assert number.valid_to == timezone.localdate()
    assert clerk.post(add, {"kind": "contact", "written": "---"}, headers=HTMX).status_code == 422
    assert clerk.post(add, {"kind": "customer", "written": "1"}, headers=HTMX).status_code == 422


def test_a_number_of_another_customer_is_not_ended_through_this_one(clerk, hall):
    customer, other = make.customer(hall), make.customer(hall)
    number = make.identifier(other, "13812345678")
    assert clerk.post(reverse("customer-number-end", args=[customer.pk, number.pk]), headers=HTMX).status_code == 404
    number.refresh_from_db()
    assert number.valid_to is None


def test_the_customer_number_is_not_ended_and_the_panel_says_why(clerk, hall):
    customer = Customer.open(by=clerk.person, unit=hall)
    url = reverse("customer-number-end", args=[customer.pk, customer.identifiers.get().pk])
    answer = clerk.post(url, headers=HTMX)
    assert answer.status_code == 422
    assert "The customer number stays" in answer.content.decode()
