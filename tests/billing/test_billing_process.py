"""The simulated billing system as the process that `make run` starts: killed, started again, its token withdrawn."""

import signal
import sqlite3
from contextlib import closing, contextmanager

import pytest

from audit.models import Event
from billing.models import ServiceRequest
from billing.simulator.access import Access
from staff.models import Token
from tests import dunning, make, money
from tests.billing.billing_system import KEY, ask
from tests.jobs.test_kills import started
from tests.outreach.centre import waited
from tests.start.installation import free_port

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE = 60  # seconds: Django starts in between


class Place:
    """Where it listens."""

    def __init__(self):
        self.server_port = free_port()


@contextmanager
def running(place, folder, product):
    words = ("billing_system", "--data", folder, "--product", product, "--renew", "0.5")
    at = f"http://:{KEY}@127.0.0.1:{place.server_port}"
    with started("manage.py", *map(str, words), BILLING_SIMULATOR=at) as process:
        assert process.stdout.readline().startswith("Listening on"), "it did not start"
        yield process


def is_now(request, state):
    return waited(lambda: ServiceRequest.objects.filter(pk=request.pk, state=state).first(), PATIENCE)


def asked(account):
    return dunning.request(account, make.line(account.customer), action="hold", origin="customer")


def hurry(folder):
    """What is to be answered later is due now."""
    with closing(sqlite3.connect(folder / "billing.sqlite3", isolation_level=None)) as book:
        book.execute("UPDATE owed SET due = 0")


def test_killed_between_accepting_and_confirming_it_confirms_once(tmp_path, live_server):
    account, place = money.account(), Place()
    with running(place, tmp_path, live_server.url) as process:
        assert ask(place, "/control", {"accept_after": 0, "confirm_after": 3600})[0] == 200
        request = is_now(asked(account), "accepted")
        process.send_signal(signal.SIGKILL)
        process.wait(10)
    assert ServiceRequest.objects.get(pk=request.pk).state == "accepted"
    hurry(tmp_path)
    with running(place, tmp_path, live_server.url):
        is_now(request, "confirmed")
        code = account.branch.code
        deeds = waited(lambda: len(found := ask(place, f"/branches/{code}")[1]["deeds"]) == 2 and found)
    assert [(deed["what"], deed["status"]) for deed in deeds] == [("confirm", 200), ("accept", 200)]
    assert Event.objects.filter(verb="service_request.confirmed").count() == 1


def test_a_token_that_was_withdrawn_is_made_anew_while_it_runs(tmp_path, live_server):
    account, place = money.account(), Place()
    with running(place, tmp_path, live_server.url):
        token = Token.find(Access.read(tmp_path / "access").tokens[account.branch.code])
        token.withdraw(by=token.user)
        is_now(asked(account), "confirmed")
        assert Token.find(Access.read(tmp_path / "access").tokens[account.branch.code]).pk != token.pk


def test_a_branch_that_comes_later_is_served_too(tmp_path, live_server):
    with running(Place(), tmp_path, live_server.url):
        is_now(asked(money.account()), "confirmed")
