import pytest
from django.db import connection

from customers.models import Customer, Identifier, SearchEntry
from customers.search.index import index
from tests import make

pytestmark = pytest.mark.django_db


def entry(customer):
    return SearchEntry.objects.get(customer=customer)


def test_a_customer_becomes_findable_by_name_pinyin_and_initials():
    customer = make.customer(name="曾国藩")
    assert index([customer.pk]) == 1
    found = entry(customer)
    assert (found.name, found.pinyin, found.initials) == ("曾国藩", "zengguofan", "zgf")
    assert (found.other_pinyin, found.other_initials) == ("cengguofan", "cgf")
    customer.refresh_from_db()
    assert (customer.pinyin, customer.initials) == ("zengguofan", "zgf")


def test_a_second_time_changes_nothing():
    customers = [make.customer(name=name) for name in ("张伟", "覃辉", "", "John Smith")]
    customers.append(make.customer(name="深圳市云启科技有限公司", kind="group"))
    ids = [customer.pk for customer in customers]
    assert index(ids) == 5
    assert index(ids) == 0


def test_a_moved_customer_takes_their_identifiers_along():
    department = make.unit()
    hall = make.unit("hall", department)
    customer = make.customer(department)
    number = Identifier.objects.create(
        customer=customer, kind="contact", written="1", value="1", branch=customer.branch, unit=department, rank=99
    )
    index([customer.pk])
    manager = make.user("vip_manager", department)
    Customer.objects.filter(pk=customer.pk).update(unit=hall, manager=manager)
    assert index([customer.pk]) == 2
    number.refresh_from_db()
    assert (number.unit, number.manager, number.rank) == (hall, manager, entry(customer).rank)
    assert (entry(customer).area, entry(customer).unit) == (department, hall)


def test_a_customer_of_the_branch_itself_has_the_branch_as_area():
    customer = make.customer(make.branch())
    index([customer.pk])
    assert entry(customer).area == customer.branch


def test_a_companys_parts_leave_out_the_legal_form():
    customer = make.customer(name="云启科技（深圳）有限公司", kind="group")
    index([customer.pk])
    assert sorted(entry(customer).grams) == [
        f"@b{customer.branch_id}",
        f"@u{customer.unit_id}",
        "云启",
        "启科",
        "深圳",
        "科技",
    ]


@pytest.mark.parametrize(
    ("days", "rank"), [(None, 23), (0, 18), (6, 18), (8, 19), (31, 20), (91, 21), (200, 22), (366, 23)]
)
def test_rank_grows_with_the_days_since_the_last_contact(days, rank):
    customer = make.customer()
    if days is not None:
        with connection.cursor() as cursor:
            cursor.execute("UPDATE customers_customer SET last_contact_at = now() - %s * interval '1 day'", [days])
    index([customer.pk])
    assert entry(customer).rank == rank


def test_nobody_is_no_work():
    assert index([]) == 0
