"""What the billing system did by itself, and how a real one asks and answers."""

from datetime import timedelta

import pytest
from django.utils import timezone

from billing import checking
from billing.models import FrozenNumber, ServiceRequest
from billing.service_requests import answering, asking
from billing.service_requests.reporting import report
from tests import dunning, make, money

pytestmark = pytest.mark.django_db


@pytest.fixture
def system():
    person = make.user("data_steward", make.branch())
    make.post(person, "dunning_clerk", person.branch)
    return make.Program(person, Accept_Language="en")


@pytest.fixture
def account(system):
    return money.account(make.customer(system.user.branch))


@pytest.fixture
def line(account):
    return make.line(account.customer)


def said(line, status, ref="B1", at=None, **fields):
    return report(line, status, ref=ref, at=at or timezone.now(), by=None, **fields)


def status(line):
    line.refresh_from_db()
    return line.status


def test_what_the_billing_system_did_by_itself_is_on_record_as_its_own(line):
    for _twice in range(2):
        made = said(line, "suspended_two_way", because="other", reason="fraud")
    assert (made.origin, made.state, status(line)) == ("billing", "confirmed", "suspended_two_way")
    assert ServiceRequest.objects.count() == 1
    assert said(line, "suspended_two_way", "B2") is None
    said(line, "active", "B3")
    assert status(line) == "active"


def test_what_was_asked_for_is_confirmed_by_it(account, line):
    case = dunning.case(dunning.overdue(account=account))
    stop = dunning.stop(case, line=line)
    assert said(line, "suspended_one_way") == said(line, "suspended_one_way") == stop
    case.refresh_from_db()
    assert case.stopped_at
    assert ServiceRequest.objects.get().state == "confirmed"


def test_a_stop_for_arrears_where_nothing_is_overdue_is_asked_back_at_once(line):
    said(line, "suspended_one_way", because="arrears")
    assert ServiceRequest.objects.get(action="restore").state == "asked"


def test_a_stop_for_arrears_of_its_own_is_asked_back_when_it_is_paid(account, line):
    dunning.overdue(account=account)
    said(line, "suspended_one_way", because="arrears")
    assert not ServiceRequest.objects.filter(action="restore").exists()
    asking.restore([account.pk], timezone.now())
    assert ServiceRequest.objects.get(action="restore").line == line


def test_a_report_older_than_what_is_known_changes_nothing(line):
    now = timezone.now()
    said(line, "suspended_one_way", "B2", at=now)
    said(line, "voluntary_hold", "B1", at=now - timedelta(hours=1))
    assert status(line) == "suspended_one_way"


def test_a_line_that_is_cancelled_by_itself_is_kept_and_comes_back(line):
    said(line, "off_net")
    assert FrozenNumber.objects.kept().get().line == line
    said(line, "active", "B2")
    assert (status(line), FrozenNumber.objects.kept().count()) == ("active", 0)
    assert ServiceRequest.objects.latest("pk").action == "reclaim"


def test_a_program_reads_what_is_open_in_the_order_asked_and_answers(system, account, line):
    case = dunning.case(dunning.overdue(account=account))
    stop = answering.accept(dunning.stop(case, line=line))
    asking.restore([account.pk], timezone.now())
    done = dunning.request(account, action="hold", origin="customer")
    answering.confirm(done)
    rows = system.get("service-requests/", {"open": "1"}).json()["results"]
    assert [(one["action"], one["state"], one["after"]) for one in rows] == [
        ("suspend_one_way", "accepted", None),
        ("restore", "asked", stop.pk),
    ]
    assert (rows[0]["line"], rows[0]["line_ref"], rows[0]["account_ref"]) == (line.pk, line.ref, account.ref)
    path = f"service-requests/{stop.pk}/"
    seen = system.get(path)
    assert system.get(path, **{"If-None-Match": seen["ETag"]}).status_code == 304
    for _twice in range(2):
        answer = system.post(f"{path}confirm/", {"at": timezone.now().isoformat()})
        assert (answer.status_code, answer.json()["state"], status(line)) == (200, "confirmed", "suspended_one_way")
    assert system.post(f"{path}refuse/", {"reason": "x"}).status_code == 422
    back = rows[1]["id"]
    assert system.post(f"service-requests/{back}/accept/").json()["state"] == "accepted"
    assert system.post(f"service-requests/{back}/refuse/", {"reason": "stolen"}).json()["refused_for"] == "stolen"


@pytest.mark.parametrize("query", [{"state": "asked"}, {"action": "restore"}, {"line": 1}, {"account": 1}])
def test_the_list_is_narrowed_down(system, account, query):
    wanted = dunning.request(account)
    answering.confirm(dunning.request(account, action="hold", origin="customer"))
    named = {"line": wanted.line_id, "account": wanted.account_id}
    query = {name: named.get(name, value) for name, value in query.items()}
    rows = system.get("service-requests/", query).json()["results"]
    assert rows[0]["id"] == wanted.pk
    assert len(rows) == (2 if "account" in query else 1)


def test_an_answer_from_the_future_or_without_a_reason_is_refused(system, account):
    path = f"service-requests/{dunning.request(account).pk}/"
    assert system.post(f"{path}confirm/", {"at": "2099-01-01T00:00:00+08:00"}).status_code == 422
    assert system.post(f"{path}refuse/", {}).status_code == 422
    assert ServiceRequest.objects.get().state == "asked"


def test_a_withdrawn_request_is_not_accepted(system, account, line):
    stop = dunning.stop(dunning.case(dunning.overdue(account=account)), line=line)
    asking.restore([account.pk], timezone.now())
    assert system.post(f"service-requests/{stop.pk}/accept/").status_code == 422


def test_a_program_tells_what_was_done_with_a_line(system, line):
    body = {"ref": "B1", "status": "suspended_two_way", "because": "other", "reason": "fraud"}
    for _twice in range(2):
        answer = system.post(f"lines/{line.pk}/status/", body)
        assert (answer.status_code, answer.json()["status"]) == (200, "suspended_two_way")
    assert ServiceRequest.objects.get().origin == "billing"


def test_whoever_only_reads_answers_nothing(system, account, line):
    one = dunning.request(account, line)
    reader = make.Program(make.user("dunning_clerk", system.user.branch))
    assert reader.get(f"service-requests/{one.pk}/").status_code == 200
    assert reader.post(f"service-requests/{one.pk}/confirm/").status_code == 403
    assert reader.post(f"lines/{line.pk}/status/", {"ref": "B", "status": "active"}).status_code == 403


def test_payments_are_taken_back_by_their_numbers_all_or_none(system, account):
    money.bill(account, "100.00")
    first, second = money.payment(account, "60.00"), money.payment(account, "40.00")
    rows = [{"payment": one.ref, "reason": "bounced"} for one in (first, second)]
    wrong = system.post("payment-reversals/", {"reversals": [*rows, {"payment": "none", "reason": "x"}]})
    assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (422, "/reversals/2/payment")
    account.refresh_from_db()
    assert account.owed == 0
    for outcome in ("update", "unchanged"):
        answer = system.post("payment-reversals/", {"reversals": rows})
        assert [one["outcome"] for one in answer.json()["results"]] == [outcome] * 2
    account.refresh_from_db()
    assert (account.owed, list(checking.differences(0, account.pk))) == (100, [])


def test_a_payment_of_the_counter_or_of_another_branch_is_not_taken_back(system, account):
    counter = money.payment(account, source="counter")
    foreign = money.payment(money.account())
    for one in (counter, foreign):
        answer = system.post("payment-reversals/", {"reversals": [{"payment": one.ref, "reason": "x"}]})
        assert answer.status_code == 422
        one.refresh_from_db()
        assert one.reversed_at is None
