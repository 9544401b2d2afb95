"""Promises, disputes, stops and exempt lines on screen: what is typed is kept, what is refused is said beside it."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from billing.dunning import disputing, exempting, stopping
from billing.models import Exemption, Hold, PaymentPromise
from tests import dunning, make
from tests.promising import account, clerk, due, late, paid, promise

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate


@pytest.fixture
def hall():
    return make.unit("hall", make.unit("department"))


@pytest.fixture
def owes(hall):
    return account(customer=make.customer(hall, name="欧阳小明"))


@pytest.fixture
def browser(hall):
    return make.sign_in("clerk", hall, language="en")


@pytest.fixture
def dunner(hall):
    return make.sign_in("dunning_clerk", hall.home, language="en")


@pytest.fixture
def head(hall):
    return make.sign_in("department_head", hall.parent, language="en")


def read(answer, status=200):
    assert answer.status_code == status, answer.content.decode()[:2000]
    return answer.content.decode()


def told(**fields):
    """The form of one part in five days."""
    day = (TODAY() + timedelta(5)).isoformat()
    return {"key": uuid4(), "due_on_1": day, "amount_1": "100.00", "note": ""} | fields


def post(browser, name, row, **fields):
    return browser.post(reverse(name, args=[row.pk]), fields)


def panel(browser, owes):
    return read(browser.get(reverse("customer-panel-money", args=[owes.customer_id])))


def test_the_form_starts_with_what_is_overdue_and_makes_one_promise(browser, owes):
    form = read(browser.get(reverse("promise-to-pay", args=[owes.pk])))
    assert 'value="100.00"' in form
    sent = told(note="发工资")
    for _ in range(2):
        assert post(browser, "promise-to-pay", owes, **sent).status_code == 302
    assert PaymentPromise.objects.get().note == "发工资"


def test_instalments_are_read_from_the_top(browser, owes):
    second = {"due_on_2": (TODAY() + timedelta(30)).isoformat(), "amount_2": "60.00"}
    assert post(browser, "promise-to-pay", owes, **told(amount_1="40.00", **second)).status_code == 302
    assert PaymentPromise.objects.get().parts.count() == 2


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"due_on_1": ""}, "This field is required"),
        ({"due_on_1": (TODAY() + timedelta(11)).isoformat()}, "at the latest"),
        ({"amount_1": "99.99"}, "is overdue, the promise comes to"),
        ({"amount_2": "1.00"}, "Say by when, and how much"),
        ({"due_on_3": (TODAY() + timedelta(30)).isoformat(), "amount_3": "1.00"}, "from the top"),
    ],
)
def test_what_is_refused_is_said_and_nothing_typed_is_lost(browser, owes, more, words):
    form = read(post(browser, "promise-to-pay", owes, **told(note="typed before", **{}) | more), 422)
    assert words in form
    assert "typed before" in form
    assert not PaymentPromise.objects.exists()


def test_only_who_works_dunning_is_offered_to_go_beyond_the_rules(browser, dunner, owes):
    far = told(due_on_1=(TODAY() + timedelta(20)).isoformat(), beyond="洪水")
    assert "Why beyond" not in read(post(browser, "promise-to-pay", owes, **far), 422)
    assert "Say why this promise" in read(post(dunner, "promise-to-pay", owes, **far | {"beyond": ""}), 422)
    assert post(dunner, "promise-to-pay", owes, **far).status_code == 302


def test_the_panel_shows_the_case_and_offers_what_may_be_agreed(browser, dunner, owes):
    case = owes.dunning_cases.get()
    dunning.step(case, state="done", done_at=timezone.now())
    type(case).objects.filter(pk=case.pk).update(next_step=case.version.steps.get(n=2), next_on=TODAY() + timedelta(2))
    shown = panel(browser, owes)
    for words in ("Overdue", "First notice", "Next step", "Promise to pay", "Dispute this bill", "Exempt a line"):
        assert words in shown, words
    assert "Stop dunning" not in shown
    assert "Stop dunning" in panel(dunner, owes)


def test_a_promise_stands_on_the_panel_with_its_clock(browser, owes):
    made = promise(owes)
    shown = panel(browser, owes)
    assert "in 3 days" in shown
    assert "rests while a promise is open" in shown
    assert reverse("promise-to-pay", args=[owes.pk]) not in shown
    late(made)
    assert ">Overdue<" in panel(browser, owes).replace("</svg>", ">")


def test_who_may_not_take_the_promise_is_not_offered_it(browser, owes):
    type(owes.customer).objects.filter(pk=owes.customer_id).update(locked_high_value=True)
    assert reverse("promise-to-pay", args=[owes.pk]) not in panel(browser, owes)
    assert "there is none" in read(browser.get(reverse("promise-to-pay", args=[owes.pk])))
    assert "there is none" in read(post(browser, "promise-to-pay", owes, **told()), 422)


def test_a_promise_is_read_and_withdrawn(browser, owes):
    made = promise(owes, note="发工资")
    assert "发工资" in read(browser.get(reverse("payment-promise", args=[made.pk])))
    assert "This field is required" in read(post(browser, "payment-promise-withdraw", made, reason=""), 422)
    assert post(browser, "payment-promise-withdraw", made, reason="误录").status_code == 302
    assert "over already" in read(post(browser, "payment-promise-withdraw", made, reason="again"), 422)
    shown = read(browser.get(reverse("payment-promise", args=[made.pk])))
    assert "误录" in shown
    assert "Withdraw the promise" not in shown


def test_a_bill_is_disputed_and_the_dispute_settled(browser, dunner, owes):
    bill = owes.bills.get()
    assert "required" in read(post(browser, "dispute", bill, key=uuid4(), reason=""), 422)
    sent = {"key": uuid4(), "reason": "信息费"}
    for _ in range(2):
        assert post(browser, "dispute", bill, **sent).status_code == 302
    made = Hold.objects.get()
    assert "Disputed" in panel(browser, owes)
    page = read(browser.get(reverse("hold", args=[made.pk])))
    assert "信息费" in page
    assert "End the dispute" not in page
    assert post(browser, "hold-end", made, outcome="x").status_code == 403
    assert "required" in read(post(dunner, "hold-end", made, outcome=""), 422)
    assert post(dunner, "hold-end", made, outcome="核实无误").status_code == 302
    assert "over already" in read(post(dunner, "hold-end", made, outcome="again"), 422)


def test_dunning_is_stopped_and_let_go_on(dunner, owes):
    far = (TODAY() + timedelta(61)).isoformat()
    assert "60 days at most" in read(post(dunner, "stop-dunning", owes, key=uuid4(), until=far, reason="x"), 422)
    near = (TODAY() + timedelta(6)).isoformat()
    assert post(dunner, "stop-dunning", owes, key=uuid4(), until=near, reason="核实").status_code == 302
    assert "rests until dunning goes on" in panel(dunner, owes)
    made = Hold.objects.get()
    assert "Let dunning go on" in read(dunner.get(reverse("hold", args=[made.pk])))
    assert post(dunner, "hold-end", made, outcome="已核实").status_code == 302
    assert "rests" not in panel(dunner, owes)


def test_a_line_is_asked_for_approved_and_ended(browser, head, owes):
    line = make.line(owes.customer, number="13912345678")
    other = make.line(make.customer(owes.customer.unit))
    asked = {"line": line.pk, "kind": "hospital", "reason": "急诊科", "until": ""}
    assert "139" in read(browser.get(reverse("exempt-line", args=[owes.customer_id])))
    assert read(post(browser, "exempt-line", owes.customer, **asked | {"line": other.pk}), 422)
    answer = post(browser, "exempt-line", owes.customer, **asked)
    made = Exemption.objects.get()
    assert answer.url == reverse("exemption", args=[made.pk])
    assert "already" in read(post(browser, "exempt-line", owes.customer, **asked), 422)
    assert "Exempt line 139" in panel(browser, owes)
    assert "Approve" not in read(browser.get(answer.url))
    assert "Approve" in read(head.get(answer.url))
    assert "required" in read(post(head, "exemption-refuse", made, answer=""), 422)
    assert post(head, "exemption-approve", made).status_code == 302
    assert "decided already" in read(post(head, "exemption-approve", made), 422)
    assert "decided already" in read(post(head, "exemption-refuse", made, answer="x"), 422)
    assert "Hospital" in read(head.get(reverse("exemptions")))
    assert "required" in read(post(browser, "exemption-end", made, reason=""), 422)
    assert post(browser, "exemption-end", made, reason="搬迁").status_code == 302
    assert "No exempt line" in read(head.get(reverse("exemptions")))


def test_the_list_of_promises_narrows_and_counts(dunner, owes):
    mine, other = promise(owes), promise(account(customer=owes.customer))
    kept = account(customer=owes.customer)
    promise(kept)
    paid(kept, "100.00")
    late(mine)
    due(other, 0)

    def found(which):
        page = read(dunner.get(reverse("payment-promises"), {"which": which}))
        return {one.account.ref for one in (mine, other, kept.payment_promises.get()) if f">{one.account.ref}<" in page}

    assert [found(which) for which in ("overdue", "today", "kept", "broken")] == [
        {owes.ref}, {other.account.ref}, {kept.ref}, set(),
    ]  # fmt: skip
    assert found("") == {owes.ref, other.account.ref, kept.ref}
    assert "100 %" in read(dunner.get(reverse("payment-promises")))
    assert not found("nonsense")


def test_the_list_is_in_the_order_of_its_days_from_page_to_page(dunner, owes):
    made = [promise(account(customer=owes.customer)) for _ in range(27)]
    for n, one in enumerate(made):
        due(one, 27 - n)
    wanted = [reverse("payment-promise", args=[one.pk]) for one in reversed(made)]
    first = dunner.get(reverse("payment-promises"))
    second = dunner.get(reverse("payment-promises") + first.context["following"])
    shown = [[line.url for line in page.context["lines"]] for page in (first, second)]
    assert shown == [wanted[:25], wanted[25:]]
    assert (second.context["preceding"], second.context["following"]) == (f"?before={made[1].pk}", None)


def test_the_list_costs_the_same_for_one_and_for_three(dunner, owes):
    def questions():
        with CaptureQueriesContext(connection) as asked:
            read(dunner.get(reverse("payment-promises")))
        return len(asked)

    promise(owes)
    questions()
    few = questions()
    for _ in range(2):
        promise(account(customer=owes.customer))
    assert questions() == few


def test_the_whole_page_of_a_customer_in_dunning_asks_at_most_forty_questions(dunner, owes):
    customer, by = owes.customer, clerk(owes)
    promise(dunning.overdue(3, "40.00", owes))
    stopping.stop(owes, by=by, key="s", reason="x", until=TODAY())
    disputing.dispute(owes.bills.last(), by=by, key="d", reason="x")
    exempting.ask(make.line(customer), by=by, kind="police", reason="x")
    dunning.step(owes.dunning_cases.get(), state="done", done_at=timezone.now())
    make.interaction(customer, by)
    make.follow_up(customer, by)
    make.message(customer)
    make.identifier(customer, "13912345678")
    read(dunner.get(reverse("customer", args=[customer.pk])))
    with CaptureQueriesContext(connection) as asked:
        read(dunner.get(reverse("customer", args=[customer.pk])))
        read(dunner.get(reverse("customer-parts", args=[customer.pk]), headers={"hx-request": "true"}))
    assert len(asked) <= 40


def test_the_timeline_tells_what_was_agreed(browser, owes):
    promise(owes)
    made = disputing.dispute(owes.bills.get(), by=clerk(owes), key="d", reason="信息费")
    disputing.settle(made, by=clerk(owes), outcome="核实无误")
    exempting.ask(make.line(owes.customer), by=clerk(owes), kind="police", reason="x")
    stopping.let_go_on(
        stopping.stop(owes, by=clerk(owes), key="s", reason="等待", until=TODAY()), by=clerk(owes), reason="好了"
    )
    shown = read(browser.get(reverse("customer-panel-timeline", args=[owes.customer_id])))
    for words in ("Promised to pay ¥100.00", "Promise to pay kept", "disputed: 信息费", "settled: 核实无误", "Police"):
        assert words in shown, words
    assert "好了" in shown
