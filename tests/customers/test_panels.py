from datetime import date, timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from audit.trail import record
from billing.shock import months_before
from customers.header import Mark, tenure
from outreach import consents
from outreach.models import ContactPreference
from tests import make, money

pytestmark = pytest.mark.django_db
PANELS = ["customer-panel-timeline", "customer-panel-lines", "customer-panel-identifiers", "customer-panel-manager"]
PHONE, CARD, NAME, STREET = "13912345678", "8986001234567890", "诸葛小明", "解放路 88 号"


def text(answer):
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


@pytest.fixture
def department():
    return make.unit("department", make.branch())


@pytest.fixture
def customer(department):
    return make.customer(department, name=NAME, address=STREET, joined_on=date(2020, 1, 1))


@pytest.fixture
def full(customer):
    """A customer with everything a panel may show, several times."""
    clerk = make.user("clerk", customer.branch)
    fill(customer, clerk, times=3)
    return customer


def fill(customer, clerk, times):
    for n in range(times):
        plan = make.plan(customer.branch)
        make.price(plan)
        line = make.line(customer, number=f"{PHONE[:-2]}{n:02}", plan=plan)
        line.plans.create(plan=plan, valid_from=date(2024, 1, 1), valid_to=date(2025, 1, 1))
        line.plans.create(plan=plan, valid_from=date(2025, 1, 1))
        make.identifier(customer, f"{PHONE[:-2]}{n:02}", valid_to=date(2025, 1, 1) if n % 2 else None)
        make.identifier(customer, f"{CARD[:-2]}{n:02}", kind="card")
        start = date(2020, 1, 1) + timedelta(days=n * 10)
        make.assignment(customer, clerk, valid_from=start, valid_to=start + timedelta(days=5))
        done = make.interaction(customer, clerk, note=f"{NAME} 留了 {PHONE}")
        done.items.update(detail=f"改寄 {PHONE}")
        with transaction.atomic():
            record(customer, "customer.number_added", by=clerk, kind="contact", written=PHONE)
            record(customer, "customer.changed", by=clerk, fields={"name": ["", NAME], "address": ["", STREET]})


def page_and_panels(browser, customer):
    return [reverse(name, args=[customer.pk]) for name in ("customer", *PANELS)]


def write_to(customer, clerk, times):
    """What the apps above have on the page: messages, consents, what is owed and what became of it."""
    template = make.template(customer.branch)
    taker = make.user("clerk", customer.unit)
    account, _till = money.account(customer), money.till(taker)
    ContactPreference.objects.update_or_create(customer=customer, defaults={"email": "a@example.com"})
    for n in range(times):
        make.message(customer, template=template, text=f"{NAME}：{PHONE}")
        consents.say(customer, "care", "refused", how="hall", by=clerk)
        consents.say(customer, "marketing_sms", "given", how="hall", by=clerk, proof=f"签名 {PHONE}")
        call = make.follow_up(customer, clerk, what=f"回访 {PHONE}")
        make.follow_up(customer, clerk, kind="promise")
        part = make.follow_up(customer, clerk, what=f"一并回访{n}")
        make.follow_up(customer, clerk, state="cancelled", ended_at=timezone.now())
        money.paid(account, taker)
        with transaction.atomic():
            for one in (call, part):
                record(one, "follow_up.tried", by=clerk, customer=customer, outcome="no_answer")


def charge(customer, times):
    """What billing has on the page: bills paid in part and late, use of each month, what is paid ahead."""
    today = timezone.localdate()
    for n in range(times):
        account = money.account(customer, credit_limit=100)
        issued = today - timedelta(days=40)
        money.bill(account, due_on=issued + timedelta(days=20), issued_on=issued)
        money.payment(account, "20.00")
        account.usage.create(branch=customer.branch, month=months_before(today.replace(day=1), n % 12 + 1), charge=9)


def questions(browser, url):
    with CaptureQueriesContext(connection) as asked:
        text(browser.get(url, headers={"hx-request": "true"}))
    sent = [query["sql"] for query in asked.captured_queries]
    return [sql for sql in sent if not sql.startswith(("SAVEPOINT", "RELEASE SAVEPOINT"))]  # the test's own transaction


@pytest.mark.parametrize("role", ["clerk", "guide", "vip_manager"])
def test_page_and_parts_ask_as_many_questions_for_30_of_everything_as_for_1(role, department):
    clerk = make.user("clerk", department)
    make.reason(department.branch, parent=make.reason(department.branch))
    counted = []
    for times in (1, 30):
        browser = make.sign_in(role, department)
        customer = make.customer(department, name=NAME, manager=browser.person)
        fill(customer, clerk, times)
        write_to(customer, clerk, times)
        charge(customer, times)
        counted.append(
            [questions(browser, reverse(name, args=[customer.pk])) for name in ("customer", "customer-parts")]
        )
    first, parts = ([len(asked) for asked in of] for of in zip(*counted, strict=True))
    assert first[0] == first[1] <= 12
    assert parts[0] == parts[1]
    assert first[0] + parts[0] <= 40


def test_the_roles_that_see_masked_find_no_number_name_or_address(full, department):
    full.add_number("contact", PHONE, by=make.user("clerk", department))
    for role, whole in (("guide", False), ("quality", False), ("clerk", True)):
        browser = make.sign_in(role, department.branch, language="en")
        shown = "".join(text(browser.get(url)) for url in page_and_panels(browser, full))
        for secret in (PHONE, PHONE[:-2], CARD[:-2], NAME, STREET):
            assert (secret in shown) is whole, (role, secret)


def test_an_id_document_is_shown_in_no_role(full, department):
    full.add_number("id_document", "11010519491231002X", by=make.user("clerk", department))
    for role in ("clerk", "branch_head", "guide"):
        browser = make.sign_in(role, department.branch)
        shown = "".join(text(browser.get(url)) for url in page_and_panels(browser, full))
        assert "1101**********002X" in shown
        assert "19491231" not in shown


def test_a_manager_sees_their_own_customer_whole_and_nobody_elses_at_all(department):
    browser = make.sign_in("vip_manager", department)
    own = make.customer(department, name=NAME, manager=browser.person)
    foreign = make.customer(department, name="欧阳娜")
    assert NAME in text(browser.get(reverse("customer", args=[own.pk])))
    for url in page_and_panels(browser, foreign):
        answer = browser.get(url)
        assert answer.status_code == 404
        assert "欧阳娜" not in answer.content.decode()


def test_who_is_a_guide_and_a_manager_sees_whole_only_whom_they_manage(department):
    browser = make.sign_in("guide", department.branch)
    make.post(browser.person, "vip_manager", department)
    own = make.customer(department, name=NAME, manager=browser.person)
    other = make.customer(department, name="欧阳小娜")
    assert NAME in text(browser.get(reverse("customer", args=[own.pk])))
    shown = text(browser.get(reverse("customer", args=[other.pk])))
    assert "欧阳**" in shown
    assert "欧阳小娜" not in shown


@pytest.mark.parametrize(
    ("since", "said"),
    [
        (date(2020, 6, 10), "6 years"),
        (date(2020, 6, 11), "5 years"),
        (date(2025, 6, 11), "11 months"),
        (date(2026, 5, 11), "new"),
        (date(2026, 6, 11), ""),
        (None, ""),
    ],
)
def test_a_tenure_counts_full_years_and_months(since, said):
    assert tenure(since, date(2026, 6, 10)) == said


def test_who_sees_no_customers_is_refused(full, department):
    browser = make.sign_in("channel_manager", department.branch)
    assert {browser.get(url).status_code for url in page_and_panels(browser, full)} == {403}


def test_the_head_says_what_one_must_know_at_once(department):
    gold = make.tier(department.branch, code="gold", name="金卡", name_en="Gold", mark="gold", order=2)
    manager = make.user("vip_manager", department, name="陈安")
    customer = make.customer(
        department, tier=gold, manager=manager, locked_high_value=True, joined_on=date(2020, 1, 1), kind="group"
    )
    customer.add_number("contact", PHONE, by=manager)
    browser = make.sign_in("clerk", department, language="en")
    head = text(browser.get(reverse("customer-header", args=[customer.pk])))
    for said in ("Gold", "陈安", "Locked high-value", "139****5678", "Group customer", "years", customer.number):
        assert said in head, said


def test_a_customer_without_a_name_is_shown_by_number(department):
    customer = make.customer(department, name="", number="7590-VHVEG")
    browser = make.sign_in("clerk", department)
    assert "7590-VHVEG</h1>" in text(browser.get(reverse("customer", args=[customer.pk])))


def test_empty_panels_say_what_to_do(department):
    customer = make.customer(department)
    browser = make.sign_in("clerk", department, language="en")
    shown = "".join(text(browser.get(url)) for url in page_and_panels(browser, customer))
    for said in ("No lines yet", "No numbers", "Nobody looks after this customer yet", "Nothing has happened yet"):
        assert said in shown


@pytest.mark.practice("B08")
def test_a_withdrawn_plan_shows_its_stage_its_price_of_today_and_the_earlier_ones(department):
    plan = make.plan(department.branch, name="老套餐 38", stage="withdrawn")
    before = make.plan(department.branch, name="更老套餐", stage="ended")
    make.price(before, "28.00", valid_to=date(2022, 1, 1))
    make.price(plan, "38.00", valid_to=date(2024, 1, 1))
    make.price(plan, "42.00", valid_from=date(2024, 1, 1))
    customer = make.customer(department)
    line = make.line(customer, plan=plan, contract_end=date(2027, 5, 1))
    line.plans.create(plan=before, valid_from=date(2020, 1, 1), valid_to=date(2022, 1, 1))
    line.plans.create(plan=plan, valid_from=date(2022, 1, 1))
    browser = make.sign_in("clerk", department, language="en")
    shown = text(browser.get(reverse("customer-panel-lines", args=[customer.pk])))
    for said in ("老套餐 38", "Withdrawn from sale", "¥42.00", "更老套餐", "¥28.00", "Contract until 2027-05-01"):
        assert said in shown, said
    assert [plan.price_on(day).monthly_fee for day in (date(2023, 1, 1), date(2026, 1, 1))] == [38, 42]


def test_many_lines_begin_with_eight(department):
    customer = make.customer(department)
    for _ in range(11):
        make.line(customer)
    browser = make.sign_in("clerk", department, language="en")
    url = reverse("customer-panel-lines", args=[customer.pk])
    assert text(browser.get(url)).count("<li>") == 8
    assert "Show 3 more" in text(browser.get(url))
    assert text(browser.get(f"{url}?all")).count("<li>") == 11


def test_an_old_number_is_marked(full, department):
    browser = make.sign_in("clerk", department, language="en")
    assert "old, until 2025-01-01" in text(browser.get(reverse("customer-panel-identifiers", args=[full.pk])))


def in_dispute(customer, user):
    """A mark as an app above this one would give it."""
    yield Mark(f"bill of {customer.number} in dispute, told to {user}", "warn", "exclamation-triangle", "/bills/7/")


def test_other_apps_put_their_marks_beside_the_name(department, settings):
    settings.CUSTOMER_MARKS = [*settings.CUSTOMER_MARKS, "tests.customers.test_panels.in_dispute"]
    customer = make.customer(department, number="K7", locked_high_value=True)
    browser = make.sign_in("clerk", department, language="en", name="李晓芳")
    head = browser.get(reverse("customer-header", args=[customer.pk])).content.decode()
    assert "bill of K7 in dispute, told to 李晓芳" in head
    assert 'href="/bills/7/"' in head
    assert head.index("Locked high-value") < head.index("in dispute")
