from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from customers.models import Customer, Identifier, SearchEntry
from customers.search.index import index
from jobs import runs
from jobs.models import Run
from tests import make
from tests.race import race, together

pytestmark = pytest.mark.django_db


def finished(job):
    run = runs.ask(job, key=f"{job} {Run.objects.count()}")
    runs.work_off()
    run.refresh_from_db()
    assert run.state == Run.State.DONE
    return run.counts


def findable(**fields):
    customer = make.customer(**fields)
    make.identifier(customer, customer.number, kind="customer")
    index([customer.pk])
    return customer


def test_a_customer_falls_back_in_the_order_as_days_pass():
    hall = make.unit("hall")
    lately, before = (findable(unit=hall, last_contact_at=timezone.now() - timedelta(days=days)) for days in (1, 40))
    Customer.objects.filter(pk=before.pk).update(last_contact_at=timezone.now() - timedelta(days=100))
    assert finished("customers.refresh_ranks") == {"changed": 1}
    ranks = dict(SearchEntry.objects.values_list("customer", "rank"))
    assert (ranks[lately.pk], ranks[before.pk]) == (18, 21)
    assert dict(Identifier.objects.values_list("customer", "rank")) == ranks
    assert finished("customers.refresh_ranks") == {"changed": 0}


def test_differences_are_counted_and_mended():
    hall = make.unit("hall")
    same, renamed, missing, moved = (findable(unit=hall, name="张伟") for _ in range(4))
    SearchEntry.objects.filter(customer=renamed).update(name="李四")
    SearchEntry.objects.filter(customer=missing).delete()
    Identifier.objects.filter(customer=moved).update(unit=hall.branch)
    Identifier.objects.filter(customer=same).delete()
    assert finished("customers.verify_search") == {"checked": 4, "different": 3, "lost": 1}
    assert finished("customers.verify_search") == {"checked": 4, "different": 0, "lost": 1}
    assert set(SearchEntry.objects.values_list("name", flat=True)) == {"张伟"}


def test_a_day_that_passed_is_no_difference():
    findable(last_contact_at=timezone.now())
    Customer.objects.update(last_contact_at=timezone.now() - timedelta(days=100))
    assert finished("customers.verify_search") == {"checked": 1, "different": 0, "lost": 0}


def test_no_customers_are_no_work():
    assert finished("customers.refresh_ranks") == {}
    assert finished("customers.verify_search") == {}


@pytest.mark.django_db(transaction=True)
def test_four_at_once_index_the_same_customers_without_a_deadlock():
    customers = [findable(name="张伟") for _ in range(6)]
    ids = [customer.pk for customer in customers]
    Customer.objects.update(name="李四", pinyin="")
    orders = [ids, ids[::-1], ids[::2], ids[1:]]
    together([lambda order=order: index(order) for order in orders])
    assert set(SearchEntry.objects.values_list("name", "pinyin")) == {("李四", "lisi")}


@pytest.mark.django_db(transaction=True)
def test_of_two_changes_at_once_the_search_knows_the_later_one():
    customer = findable(name="张伟")

    def rename(name):
        with connection.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute("UPDATE customers_customer SET name = %s, pinyin = '' WHERE id = %s", [name, customer.pk])
            index([customer.pk])
            cursor.execute("COMMIT")

    race(customer, [lambda: rename("李四"), lambda: rename("王五"), lambda: index([customer.pk])])
    customer.refresh_from_db()
    entry = SearchEntry.objects.get()
    assert (entry.name, entry.pinyin) == (customer.name, customer.pinyin)
    assert index([customer.pk]) == 0
