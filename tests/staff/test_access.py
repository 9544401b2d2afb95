import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.views.decorators.http import require_POST

from staff.access import may
from tests import make

pytestmark = pytest.mark.django_db


@may("customers.view")
def look(request, pk):
    """Look at it."""
    return HttpResponse(f"seen {pk}")


def asked_by(rf, user, view=look, method="get"):
    request = getattr(rf, method)("/")
    request.user = user
    return view(request, pk=7)


def test_a_posting_that_grants_the_right_opens_the_view(rf):
    assert asked_by(rf, make.user("clerk")).content == b"seen 7"


@pytest.mark.parametrize("role", ["admin", "agent", "data_steward", None])
def test_everybody_else_is_refused(rf, role):
    with pytest.raises(PermissionDenied):
        asked_by(rf, make.user(role))


def test_the_disabled_and_the_anonymous_are_refused(rf):
    for user in (AnonymousUser(), make.user("clerk", is_active=False)):
        with pytest.raises(PermissionDenied):
            asked_by(rf, user)


def test_the_right_stays_readable_inside_and_outside_other_decorators():
    assert look.right == "customers.view"
    assert require_POST(look).right == "customers.view"
    assert may("jobs.view")(require_POST(look)).right == "jobs.view"
    assert (look.__name__, look.__doc__) == ("look", "Look at it.")


def test_a_wrong_method_is_told_before_the_right(rf):
    assert asked_by(rf, make.user("agent"), require_POST(look)).status_code == 405


def test_a_right_that_does_not_exist_stops_the_start():
    with pytest.raises(KeyError):
        may("customers.viw")
