"""The billing system's simulator against the running product: it learns, answers, misbehaves, and forgets nothing."""

import pytest

from billing.models import ServiceRequest
from customers.models import Line
from tests import dunning, money
from tests.billing import billing_system
from tests.billing.billing_system import ask
from tests.outreach.centre import waited

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def account():
    return money.account()


@pytest.fixture
def system(tmp_path, live_server, account):
    with billing_system.running(tmp_path, live_server.url, billing_system.access(account.branch)) as made:
        yield made


def hold(account, **fields):
    """Asked to stop the line and keep the number."""
    return dunning.request(account, action="hold", origin="customer", **fields)


def is_now(request, state):
    return waited(lambda: ServiceRequest.objects.filter(pk=request.pk, state=state).first())


def line_of(request):
    return Line.objects.get(pk=request.line_id)


def quiet(system):
    waited(lambda: not system.book.waiting(system.branch))


def standing(system, account):
    return {row["line"]: row["status"] for row in system.book.standing(account.branch.code)}


def test_what_is_asked_is_accepted_confirmed_and_done_to_the_line(system, account):
    asked = is_now(hold(account), "confirmed")
    assert asked.accepted_at <= asked.ended_at
    assert line_of(asked).status == "voluntary_hold"
    waited(lambda: standing(system, account) == {asked.line_id: "voluntary_hold"})
    code = account.branch.code
    deeds = waited(lambda: len(found := ask(system, f"/branches/{code}")[1]["deeds"]) == 2 and found)
    assert [(deed["what"], deed["status"]) for deed in deeds] == [("confirm", 200), ("accept", 200)]
    back = is_now(dunning.request(account, asked.line, origin="customer"), "confirmed")
    assert line_of(back).status == "active"
