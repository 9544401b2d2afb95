"""The page of the simulated billing system: what it did, and what it is told to do."""

from uuid import uuid4

import pytest

from billing.levers import BEHAVIOURS
from billing.simulator.access import Access
from billing.simulator.behaviour import KINDS
from tests import make
from tests.billing import billing_system
from tests.billing.billing_system import KEY

pytestmark = pytest.mark.django_db
NOWHERE = "http://127.0.0.1:9"
PAGE = "/billing-system/"


@pytest.fixture
def admin():
    return make.sign_in("admin", language="en")


@pytest.fixture
def system(tmp_path, settings, admin):
    """It has nobody to tell: what it is to do stays in its book."""
    access = Access(KEY, {admin.person.branch.code: "crm_none"})
    with billing_system.running(tmp_path, NOWHERE, access) as made:
        settings.BILLING_SIMULATOR = billing_system.address(made)
        yield made


def text(answer):
    return answer.content.decode()


def owed(system):
    return system.book._rows("SELECT * FROM owed")


def test_an_administrator_sets_what_becomes_of_the_next(admin, system):
    assert admin.post(f"{PAGE}next/", {"behaviour": "refuse", "count": 3}).url == PAGE
    assert system.behaviour.following == ["refuse", 3]
    assert "Waiting for 3 more requests: Refuses it." in text(admin.get(PAGE))
    answer = admin.post(f"{PAGE}next/", {"behaviour": "burn", "count": 1})
    assert (answer.status_code, system.behaviour.following) == (422, ["refuse", 3])


USUAL = {"accept_after": 2, "confirm_after": 30, "late_after": 60}


def test_what_becomes_of_the_others_is_set_and_shown(admin, system):
    apart = {"share": 20, "otherwise": "silent", "action": "restore", "of_action": "late"}
    number = {"line": "13800000001", "of_line": "refuse"}
    assert admin.post(f"{PAGE}usual/", USUAL | apart | number).url == PAGE
    behaviour = system.behaviour
    assert (behaviour.accept_after, behaviour.confirm_after, behaviour.late_after) == (2, 30, 60)
    assert (behaviour.mix, behaviour.actions) == ({"silent": 0.2}, {"restore": "late"})
    assert behaviour.lines == {"13800000001": "refuse"}
    page = text(admin.get(PAGE))
    assert 'value="13800000001"' in page
    assert 'value="20"' in page
    assert admin.post(f"{PAGE}usual/", USUAL).url == PAGE
    assert (behaviour.mix, behaviour.actions, behaviour.lines) == ({}, {}, {})


@pytest.mark.parametrize("wrong", [{"share": 20}, {"action": "restore"}, {"line": "1"}, {"confirm_after": 4000}])
def test_half_a_setting_changes_nothing_and_is_not_lost(admin, system, wrong):
    before = system.behaviour.shown()
    answer = admin.post(f"{PAGE}usual/", USUAL | wrong)
    assert (answer.status_code, system.behaviour.shown()) == (422, before)
    assert str(next(iter(wrong.values()))) in text(answer)


def test_a_payment_sent_twice_is_one(admin, system):
    said = {"key": str(uuid4()), "account": "A-1", "amount": "59.00"}
    for _ in range(2):
        assert admin.post(f"{PAGE}payment/", said).url == PAGE
    assert [(row["what"], row["about"]) for row in owed(system)] == [("payment", f"A-1 · SIM-{said['key']}")]


def test_a_line_is_named_by_its_number_in_the_branch_alone(admin, system):
    mine, other = make.line(make.customer(admin.person.branch)), make.line(make.customer())
    said = {"status": "off_net", "reason": "Moved away", "key": str(uuid4())}
    assert admin.post(f"{PAGE}line/", said | {"number": mine.number}).url == PAGE
    answer = admin.post(f"{PAGE}line/", said | {"number": other.number, "key": str(uuid4())})
    assert (answer.status_code, "There is no line of this number." in text(answer)) == (422, True)
    assert [row["about"] for row in owed(system)] == [mine.number]


def test_what_it_did_is_shown_to_its_own_branch_with_numbers_masked(admin, system):
    branch = admin.person.branch
    system.book.owe("k1", branch.code, "line", "13800000001", {"line": "1"})
    system.book.owe("k2", "ELSEWHERE", "payment", "A-OTHER", {})
    for row in owed(system):
        system.book.told(row, 422, "There is no such record.")
    page = text(admin.get(PAGE))
    assert "138****0001" in page
    assert "There is no such record." in page
    assert "13800000001" not in page
    assert "A-OTHER" not in page


def test_nobody_else_pulls_levers(system):
    clerk = make.sign_in("clerk")
    assert clerk.get(PAGE).status_code == 403
    assert clerk.post(f"{PAGE}next/", {"behaviour": "refuse", "count": 1}).status_code == 403


def test_a_simulator_that_is_gone_is_said_so(admin, settings):
    settings.BILLING_SIMULATOR = f"http://:{KEY}@127.0.0.1:9"
    answer = admin.get(PAGE)
    assert (answer.status_code, "does not answer: it is not running" in text(answer)) == (200, True)
    answer = admin.post(f"{PAGE}next/", {"behaviour": "refuse", "count": 7})
    assert (answer.status_code, 'value="7"' in text(answer)) == (422, True)


def test_without_one_the_page_says_so_and_nothing_leads_there(admin):
    answer = admin.get(PAGE)
    assert (answer.status_code, "No billing system is simulated" in text(answer)) == (404, True)
    assert PAGE not in text(admin.get("/profile/"))


def test_every_behaviour_has_words():
    assert set(BEHAVIOURS) == set(KINDS)


def test_there_is_no_other_lever(admin, system):
    assert admin.post(f"{PAGE}burn/", {}).status_code == 404
