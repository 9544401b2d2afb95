"""Cases of the jobs about customers and how they are found."""

from datetime import timedelta

from django.utils import timezone

from customers.models import Customer, Identifier, Line, LinePlan, SearchEntry
from customers.search.index import index
from tests import make
from tests.jobs.case import case


@case("customers.apply_assignments")
def apply_assignments():
    """More customers than a batch whose manager begins, ends or changes today, and one whose manager comes tomorrow."""
    hall, today = make.unit("hall"), timezone.localdate()
    old, new = make.user("vip_manager", at=hall), make.user("vip_manager", at=hall)
    for n in range(230):
        customer = make.customer(hall, name=f"客户{n:03}", manager=old if n % 3 else None)
        begin = today + timedelta(days=1) if n == 229 else today
        make.assignment(customer, old, valid_to=begin)
        if n % 5:
            make.assignment(customer, new, valid_from=begin)

    def state():
        names = {old.pk: "old", new.pk: "new", None: None}
        return [names[pk] for pk in Customer.objects.order_by("name").values_list("manager_id", flat=True)]

    return {}, state


@case("customers.apply_plans")
def apply_plans():
    """Lines whose plan changes today, has changed long ago, and changes tomorrow."""
    customer, today = make.customer(), timezone.localdate()
    old, new = make.plan(customer.branch), make.plan(customer.branch)
    for n in range(60):
        line = make.line(customer, plan=old)
        begin = today + timedelta(days=(-400, 0, 1)[n % 3])
        LinePlan.objects.create(line=line, plan=old, valid_from=begin - timedelta(days=500), valid_to=begin)
        LinePlan.objects.create(line=line, plan=new, valid_from=begin)

    def state():
        names = {old.pk: "old", new.pk: "new"}
        return [names[pk] for pk in Line.objects.order_by("pk").values_list("plan_id", flat=True)]

    return {}, state


def searchable(count=40):
    """Customers as the search knows them, over more ids than one step looks through."""
    hall = make.unit("hall", name="中山路营业厅")
    for n in range(count):
        far = {"pk": 20_000 + n} if n % 2 else {}
        customer = make.customer(hall, number=f"K{n:03}", name=f"张伟{n:03}", **far)
        make.identifier(customer, customer.number, kind="customer")
    index(Customer.objects.values_list("pk", flat=True))
    return hall


def search_rows():
    entries = SearchEntry.objects.order_by("customer__number").values_list("name", "pinyin", "rank", "unit__name")
    return list(entries), list(Identifier.objects.order_by("value").values_list("value", "rank", "unit__name"))


@case("customers.refresh_ranks")
def refresh_ranks():
    """Customers seen lately, of whom the search does not know yet."""
    searchable()
    Customer.objects.filter(number__lt="K020").update(last_contact_at=timezone.now() - timedelta(days=3))
    return {}, search_rows


@case("customers.verify_search")
def verify_search():
    """Search rows that say something else than the customers, and one that is missing."""
    searchable()
    SearchEntry.objects.filter(customer__number__lt="K010").update(name="别人", pinyin="bieren")
    SearchEntry.objects.filter(customer__number="K011").delete()
    Identifier.objects.filter(value__lt="K015").update(rank=0)
    return {}, search_rows
