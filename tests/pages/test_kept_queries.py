"""What is kept of a query: its text."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from door.kept import Kept
from staff.models import Posting, User
from staff.rights import Role
from tests import make

pytestmark = pytest.mark.django_db


def of_person(key):
    return Posting.objects.filter(user=key, role__in=[Role.CLERK, Role.QUALITY, Role.AGENT]).order_by("-pk")


def test_the_rows_of_each_key_are_those_of_the_query_in_its_order():
    people = [make.user(Role.CLERK), make.user(Role.QUALITY)]
    for one in people:
        make.post(one, Role.AGENT, one.branch)
    kept = Kept(of_person)
    for one in (*people, *people):
        assert [row.pk for row in kept(one.pk)] == list(of_person(one.pk).values_list("pk", flat=True))
    assert list(kept(0)) == []


def test_it_is_put_together_once():
    made = []
    kept = Kept(lambda key: made.append(key) or of_person(key))
    with CaptureQueriesContext(connection) as asked:
        assert [list(kept(key)) for key in (0, -1, -2)] == [[], [], []]
    assert len(made) == 1
    assert len(asked) == 3
    assert str(made[0]) not in str(asked.captured_queries)


@pytest.mark.parametrize("build", [lambda key: User.objects.all(), lambda key: User.objects.filter(pk=key, branch=key)])
def test_a_query_that_does_not_ask_for_its_key_once_is_refused(build):
    with pytest.raises(ValueError, match="once"):
        Kept(build)(1)
