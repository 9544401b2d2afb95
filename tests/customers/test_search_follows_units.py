import pytest

from customers.models import SearchEntry
from customers.search.box import find
from customers.search.index import index
from tests import make

pytestmark = pytest.mark.django_db


def test_a_customer_is_found_from_the_department_their_hall_has_moved_to():
    branch = make.branch()
    north, south = make.unit(parent=branch), make.unit(parent=branch)
    hall = make.unit("hall", north)
    moving = make.customer(make.unit("desk", hall), name="欧阳明珠")
    staying = make.customer(make.unit("hall", north), name="欧阳明月")
    index([moving.pk, staying.pk])
    by = make.user("admin", branch)
    hall.move_under(south, by=by)
    assert [hit.customer.pk for hit in find("欧阳", make.user("department_head", south))] == [moving.pk]
    assert [hit.customer.pk for hit in find("欧阳", make.user("department_head", north))] == [staying.pk]
    areas = dict(SearchEntry.objects.values_list("customer", "area"))
    assert areas == {moving.pk: south.pk, staying.pk: north.pk}


def test_a_hall_that_comes_to_stand_right_below_the_branch_is_an_area_of_its_own():
    branch = make.branch()
    hall = make.unit("hall", make.unit(parent=branch))
    customer = make.customer(hall)
    index([customer.pk])
    hall.move_under(branch, by=make.user())
    assert SearchEntry.objects.get().area == hall
