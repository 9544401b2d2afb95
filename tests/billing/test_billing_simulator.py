"""The billing system's simulator against the running product: it learns, answers, misbehaves, and forgets nothing."""

import json
import time
from functools import partial

import pytest

from billing.models import Bill, Payment, ServiceRequest
from billing.service_requests.withdrawing import withdraw
from billing.simulator.book import Book
from customers.models import Line
from door import signing
from staff.models import Token
from tests import dunning, make, money
from tests.billing import billing_system
from tests.billing.billing_system import ask
from tests.outreach import centre

pytestmark = pytest.mark.django_db(transaction=True)
waited = partial(centre.waited, seconds=60)


@pytest.fixture
def account():
    return money.account()


@pytest.fixture
def access(account):
    return billing_system.access(account.branch)


@pytest.fixture
def system(tmp_path, live_server, access):
    with billing_system.running(tmp_path, live_server.url, access) as made:
        yield made


def hold(account, line=None):
    """Asked to stop the line and keep the number."""
    return dunning.request(account, line, action="hold", origin="customer")


def is_now(request, state):
    return waited(lambda: ServiceRequest.objects.filter(pk=request.pk, state=state).first())


def status_of(request):
    return Line.objects.get(pk=request.line_id).status


def told_all(system, account, n):
    """What it told the product, oldest first: (what, status), once it was `n` things and nothing waits."""
    code = account.branch.code
    waited(lambda: len(system.book.deeds(code)) >= n and not system.book.waiting(code))
    return [(deed["what"], deed["status"]) for deed in reversed(system.book.deeds(code))]


def hurry(system):
    """What is to be answered later is due now."""
    system.book.link.execute("UPDATE owed SET due = 0 WHERE done IS NULL")


def standing(system, account):
    return {row["line"]: row["status"] for row in system.book.standing(account.branch.code)}


def test_what_is_asked_is_accepted_confirmed_and_done_to_the_line(system, account):
    asked = is_now(hold(account), "confirmed")
    assert asked.accepted_at <= asked.ended_at
    assert status_of(asked) == "voluntary_hold"
    assert told_all(system, account, 2) == [("accept", 200), ("confirm", 200)]
    assert standing(system, account) == {asked.line_id: "voluntary_hold"}
    back = is_now(dunning.request(account, asked.line, origin="customer"), "confirmed")
    assert status_of(back) == "active"
    waited(lambda: standing(system, account) == {asked.line_id: "active"})


def test_a_refusal_says_why_and_leaves_the_line(system, account):
    ask(system, "/control", {"next": {"behaviour": "refuse_late", "count": 1}})
    asked = is_now(hold(account), "refused")
    assert asked.refused_for == "Refused by the simulated billing system"
    assert asked.accepted_at is not None
    assert (status_of(asked), standing(system, account)) == ("active", {})


@pytest.mark.parametrize(
    ("kind", "answers"),
    [
        ("twice", [("accept", 200), ("accept", 200), ("confirm", 200), ("confirm", 200)]),
        ("out_of_order", [("confirm", 200), ("accept", 200)]),
        ("at_once", [("confirm", 200)]),
        ("contradict", [("confirm", 200), ("refuse", 422)]),
    ],
)
def test_however_it_answers_it_is_done_once(system, account, kind, answers):
    ask(system, "/control", {"next": {"behaviour": kind, "count": 1}})
    asked = hold(account)
    assert told_all(system, account, len(answers)) == answers
    assert is_now(asked, "confirmed")
    assert standing(system, account) == {asked.line_id: "voluntary_hold"} == {asked.line_id: status_of(asked)}


def test_by_action_and_by_number_it_behaves_otherwise(system, account):
    number = "13800009999"
    ask(system, "/control", {"actions": {"hold": "accept"}, "lines": {number: "refuse"}})
    kept, refused = hold(account), hold(account, make.line(account.customer, number=number))
    is_now(kept, "accepted")
    is_now(refused, "refused")
    assert ask(system, "/control", {"actions": {"burn": "silent", "hold": "burn"}})[0] == 400


def test_what_was_withdrawn_is_not_done(tmp_path, live_server, account, access):
    with billing_system.running(tmp_path, live_server.url, access, accept_after=3600) as system:
        asked = hold(account)
        waited(lambda: system.book.knows(asked.pk))
        withdraw(asked, by=None)
        hurry(system)
        assert told_all(system, account, 1) == [("accept", 422)]
        assert (status_of(asked), standing(system, account)) == ("active", {})


def test_of_one_line_what_was_asked_first_is_done_first(tmp_path, live_server, account, access):
    """The second is asked while the first is being carried out."""
    with billing_system.running(tmp_path, live_server.url, access, confirm_after=3600) as system:
        first = is_now(hold(account), "accepted")
        ask(system, "/control", {"confirm_after": 0})
        second = is_now(dunning.request(account, first.line, origin="customer"), "accepted")
        waited(lambda: system.book.due() == [])
        assert is_now(second, "accepted"), "it waits for what was asked before"
        hurry(system)
        told_all(system, account, 4)
        assert is_now(first, "confirmed").ended_at <= is_now(second, "confirmed").ended_at
        assert (status_of(first), standing(system, account)) == ("active", {first.line_id: "active"})


def test_an_older_request_confirmed_late_changes_nothing_any_more(tmp_path, live_server, account, access):
    with billing_system.running(tmp_path, live_server.url, access, late_after=0.6) as system:
        ask(system, "/control", {"next": {"behaviour": "late", "count": 1}})
        older = is_now(hold(account), "accepted")
        newer = is_now(dunning.request(account, older.line, origin="customer"), "confirmed")
        is_now(older, "confirmed")
        told_all(system, account, 4)
        assert (status_of(newer), standing(system, account)) == ("active", {older.line_id: "active"})


def test_a_system_that_was_away_catches_up(tmp_path, live_server, account, access):
    asked = [hold(account) for _ in range(3)]
    with billing_system.running(tmp_path, live_server.url, access):
        for one in asked:
            is_now(one, "confirmed")


def learned(folder, request):
    """As if it had heard of the request and not answered yet."""
    known = {"id": request.pk, "branch": request.branch.code, "line": request.line_id, "number": request.line.number}
    book = Book(folder / "billing.sqlite3")
    book.learn(known | {"action": request.action, "asked_at": 0.0}, "confirm", [("accept", {}, 0), ("confirm", {}, 0)])
    book.close()


def test_a_product_that_was_away_hears_everything_once(tmp_path, live_server, account, access):
    """Nobody listens at first; the answers wait in the book, and another start goes on with them."""
    asked = hold(account)
    learned(tmp_path, asked)
    with billing_system.running(tmp_path, "http://127.0.0.1:9", access) as system:
        waited(lambda: system.book.due() == [] and system.book.waiting(account.branch.code) == 2)
        assert ServiceRequest.objects.get(pk=asked.pk).state == "asked"
    with billing_system.running(tmp_path, live_server.url, access) as system:
        is_now(asked, "confirmed")
        assert told_all(system, account, 2) == [("accept", 200), ("confirm", 200)]


def test_a_payment_and_its_reversal_reach_the_account(system, account):
    bill, code = money.bill(account, "59.00"), account.branch.code
    said = {"key": "k1", "account": account.ref, "amount": "59.00"}
    refs = {ask(system, f"/branches/{code}/payments", said)[1]["ref"] for _ in range(2)}
    payment = waited(lambda: Payment.objects.filter(account=account).first())
    assert ({payment.ref}, payment.way, payment.source) == (refs, "bank_transfer", "billing")
    assert Bill.objects.get(pk=bill.pk).open == 0
    back = {"key": "k2", "payment": payment.ref, "reason": "Bounced"}
    assert ask(system, f"/branches/{code}/reversals", back)[0] == 202
    waited(lambda: Payment.objects.get(pk=payment.pk).reversed_at)
    assert (Payment.objects.count(), Bill.objects.get(pk=bill.pk).open) == (1, bill.amount)
    assert told_all(system, account, 2) == [("payment", 200), ("reversal", 200)]


def test_what_it_decides_itself_is_done_to_the_line(system, account):
    line = make.line(account.customer)
    said = {"key": "k1", "line": str(line.pk), "number": line.number, "status": "off_net", "reason": "Moved away"}
    for _ in range(2):
        assert ask(system, f"/branches/{account.branch.code}/lines", said)[0] == 202
    waited(lambda: Line.objects.get(pk=line.pk).status == "off_net")
    assert told_all(system, account, 1) == [("line", 200)]
    assert standing(system, account) == {line.pk: "off_net"}
    [made] = line.service_requests.all()
    assert (made.origin, made.state, made.reason) == ("billing", "confirmed", "Moved away")


def test_what_the_product_does_not_take_is_told_once_and_says_why(system, account):
    code = account.branch.code
    ask(system, f"/branches/{code}/payments", {"key": "k1", "account": "nobody's", "amount": "1.00"})
    assert told_all(system, account, 1) == [("payment", 422)]
    assert system.book.deeds(code)[0]["said"]


def test_only_its_own_branch_and_only_with_the_key(system, account):
    path, said = f"/branches/{account.branch.code}/payments", {"key": "k1", "account": "a", "amount": "1"}
    assert ask(system, path, said, Authorization="Bearer none")[0] == 401
    assert ask(system, "/control", Authorization="")[0] == 401
    assert ask(system, "/branches/elsewhere/payments", said)[0] == 400
    assert [ask(system, path, said | wrong)[0] for wrong in ({"key": 7}, {"account": ""})] == [400, 400]


def test_a_token_that_is_withdrawn_is_noticed_and_nothing_is_lost(tmp_path, live_server, account, access):
    with billing_system.running(tmp_path, live_server.url, access) as system:
        token = Token.find(access.tokens[account.branch.code])
        token.withdraw(by=token.user)
        assert system.worker.not_let_in.wait(60)
        asked = hold(account)
        learned(tmp_path, asked)
    with billing_system.running(tmp_path, live_server.url, billing_system.access(account.branch)):
        is_now(asked, "confirmed")


def test_a_webhook_is_heard_at_once_and_only_when_it_is_signed(tmp_path, live_server, account):
    secret = signing.secret("k" * 50, "test")
    access = billing_system.access(account.branch, **{account.branch.code: secret})
    with billing_system.running(tmp_path, live_server.url, access, every=3600) as system:
        waited(lambda: system.worker.next_round)
        asked = hold(account)
        body = {"type": "service_request.asked", "data": {"subject": {"type": "servicerequest", "id": asked.pk}}}
        raw, now = json.dumps(body).encode(), int(time.time())
        path = f"/events/{account.branch.code}"
        assert ask(system, path, body)[0] == 401
        assert ask(system, path, body, **signing.headers("msg_1", now - 900, raw, [secret]))[0] == 401
        assert ServiceRequest.objects.get(pk=asked.pk).state == "asked"
        assert ask(system, path, body, **signing.headers("msg_1", now, raw, [secret]))[0] == 200
        is_now(asked, "confirmed")
