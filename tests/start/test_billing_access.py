"""What the simulated billing system comes in with: made once, kept to, and renewed where it holds no more."""

import stat

import pytest

from billing.simulator.access import Access
from crm import billing_access
from staff.models import Token, User
from staff.rights import Role
from tests import make
from webhooks.models import Subscription

pytestmark = pytest.mark.django_db
ADDRESS = "http://127.0.0.1:9010"


@pytest.fixture
def branch(settings):
    settings.WEBHOOK_HOSTS = [f"{ADDRESS}!private", "http://127.0.0.1:9011!private"]
    return make.branch(code="YL")


@pytest.fixture
def made(branch, tmp_path):
    """Makes what is missing; the file as it stands then."""

    def again(address=ADDRESS):
        billing_access.make(tmp_path / "access", "the key", address)
        return Access.read(tmp_path / "access")

    return again


def subscriptions():
    return {one.url: one.state for one in Subscription.objects.order_by("pk")}


def test_each_branch_gets_a_person_a_token_and_a_subscription(made, branch, tmp_path):
    other = make.branch(code="HY")
    access = made()
    assert access.key == "the key"
    assert access.tokens.keys() == access.secrets.keys() == {"YL", "HY"}
    assert stat.S_IMODE((tmp_path / "access").stat().st_mode) == 0o600
    for home in (branch, other):
        person = Token.find(access.tokens[home.code]).user
        assert (person.branch, person.username) == (home, f"billing-system-{home.code.lower()}")
        assert {posting.unit for posting in person.postings.all()} == {home}
        assert person.has_perm("billing.import")
        assert not person.has_perm("staff.configure")
    assert subscriptions() == {f"{ADDRESS}/events/HY": "active", f"{ADDRESS}/events/YL": "active"}


def test_made_again_everything_stays(made):
    first = made()
    assert made() == first
    assert (User.objects.count(), Token.objects.count(), Subscription.objects.count()) == (1, 1, 1)


def test_a_token_that_holds_no_more_is_replaced(made):
    first = Token.find(made().tokens["YL"])
    first.withdraw(by=first.user)
    second = Token.find(made().tokens["YL"])
    assert second.pk != first.pk
    Token.objects.filter(pk=second.pk).update(expires_at=second.issued_at + billing_access.LEFT)
    third = Token.find(made().tokens["YL"])
    assert list(Token.objects.in_force()) == [third]


def test_a_file_that_is_broken_is_made_anew(made, tmp_path):
    made()
    (tmp_path / "access").write_text("{")
    assert Token.find(made().tokens["YL"])
    assert Token.objects.in_force().count() == 1


def test_whom_the_administrator_disabled_stays_out(made):
    person = Token.find(made().tokens["YL"]).user
    person.disable(by=make.user(Role.ADMIN, person.branch))
    assert made() == Access("the key")


def test_events_follow_to_another_address_and_go_on_after_a_pause(made):
    made()
    made("http://127.0.0.1:9011")
    assert subscriptions() == {f"{ADDRESS}/events/YL": "withdrawn", "http://127.0.0.1:9011/events/YL": "active"}
    one = Subscription.objects.get(state="active")
    one.pause(by=None, stopped_for=Subscription.Stop.FAILURES)
    assert made("http://127.0.0.1:9011").secrets == {"YL": one.secret}
    assert Subscription.objects.get(pk=one.pk).state == "active"
    one.refresh_from_db()
    one.pause(by=one.created_by)
    made("http://127.0.0.1:9011")
    assert Subscription.objects.get(pk=one.pk).state == "paused", "a person wanted that"


def test_where_webhooks_may_not_go_it_only_asks(made):
    assert made("http://127.0.0.1:9012").secrets == {}
