"""Replies of numbers that nobody has: seen by those who decide in the branch whose gateway they came by."""

import pytest

from outreach import inbound
from outreach.models import Inbound
from tests import make
from tests.outreach.operator import operating

pytestmark = pytest.mark.django_db


@pytest.fixture
def heads():
    return [make.sign_in("branch_head", make.branch()) for _ in range(2)]


@pytest.fixture
def connect(settings):
    """A function that connects a gateway with these options."""
    with operating() as one:

        def connect(**options):
            settings.GATEWAYS = {"sms": one.url(name="sms", **options), "email": ""}

        yield connect


def seen(*heads):
    return [Inbound.objects.visible_to(head.person).count() for head in heads]


def test_one_that_came_by_the_gateway_of_a_branch_is_seen_there_alone(heads, connect):
    connect(branch=heads[0].person.branch.code)
    reply = inbound.take("sms", "1", "13500000000", "我是小明")
    assert reply.branch == heads[0].person.branch
    assert seen(*heads) == [1, 0]
    page = "/messages/inbound/?of=nobody"
    assert ["我是小明" in head.get(page).content.decode() for head in heads] == [True, False]
    refused = heads[1].post(f"/messages/inbound/{reply.pk}/customer/", {"number": "1"})
    assert refused.status_code == 404


@pytest.mark.parametrize("options", [{}, {"branch": "nowhere"}])
def test_where_nobody_knows_whose_it_is_all_who_decide_see_it(heads, connect, options):
    connect(**options)
    inbound.take("sms", "1", "13500000000", "我是小明")
    assert seen(*heads, make.sign_in("clerk", heads[0].person.branch)) == [1, 1, 0]


def test_a_department_is_no_branch(heads, connect):
    connect(branch=make.unit("department", heads[0].person.branch).code)
    assert inbound.take("sms", "1", "13500000000", "我是小明").branch is None


def test_one_of_a_customer_is_seen_by_their_reach_whatever_gateway_it_came_by(heads, connect):
    connect(branch=heads[0].person.branch.code)
    make.reachable(heads[1].person.branch, phone="13500000000")
    inbound.take("sms", "1", "13500000000", "你好")
    assert seen(*heads) == [0, 1]
