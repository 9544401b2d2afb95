from datetime import date

import pytest
from django.core.exceptions import ValidationError

from audit.models import Event
from customers.models import ChangedMeanwhile, Customer, Identifier, SearchEntry
from tests import make
from tests.race import race, together

pytestmark = pytest.mark.django_db


@pytest.fixture
def branch():
    home = make.branch()
    make.tier(home)
    make.tier(home, code="gold", name="金卡", name_en="Gold", order=2)
    return home


@pytest.fixture
def clerk(branch):
    return make.user("clerk", branch)


def verbs(customer):
    return list(Event.objects.filter(customer_id=customer.pk).order_by("pk").values_list("verb", flat=True))


def test_opening_fills_keys_numbers_tier_and_search(branch, clerk):
    hall = make.unit("hall", branch)
    made = Customer.open(by=clerk, unit=hall, name="曾国藩", phone="+86 138-1234 5678", document="11010519491231002X")
    assert (made.pinyin, made.initials, made.tier.code, made.unit) == ("zengguofan", "zgf", "ordinary", hall)
    held = dict(made.identifiers.values_list("kind", "value"))
    assert held["contact"] == "13812345678"
    assert held["customer"] == made.number == "0000000001"
    assert SearchEntry.objects.get(customer=made).initials == "zgf"
    assert made.identifiers.values_list("unit", flat=True).distinct().get() == hall.pk
    event = Event.objects.get(customer_id=made.pk)
    assert (event.verb, event.actor) == ("customer.opened", clerk)


def test_an_id_document_is_nowhere_in_full(branch, clerk):
    made = Customer.open(by=clerk, unit=branch, name="李娜", document="11010519491231002X")
    held = made.identifiers.get(kind="id_document")
    assert held.written == "1101**********002X"
    assert len(held.value) == 64
    assert "19491231" not in str(list(Event.objects.values())) + str(list(Identifier.objects.values()))


def test_a_number_made_by_the_branch_steps_over_imported_ones(branch, clerk):
    make.customer(branch, number="0000000001")
    assert Customer.open(by=clerk, unit=branch).number == "0000000002"


def test_a_taken_number_is_refused_next_to_its_field(branch, clerk):
    make.customer(branch, number="A-1")
    with pytest.raises(ValidationError) as refused:
        Customer.open(by=clerk, unit=branch, number="A-1")
    assert list(refused.value.message_dict) == ["number"]
    assert Customer.objects.count() == 1
    assert not Event.objects.exists()


def test_another_branch_may_have_the_same_number(branch, clerk):
    other = make.branch()
    make.tier(other)
    make.customer(other, number="A-1")
    assert Customer.open(by=clerk, unit=branch, number="A-1").branch == branch


def test_a_branch_without_tiers_says_so():
    bare = make.branch()
    with pytest.raises(ValidationError, match="tiers"):
        Customer.open(by=make.user("clerk", bare), unit=bare)


@pytest.mark.django_db(transaction=True)
def test_customers_opened_at_once_get_different_numbers(branch, clerk):
    made = together(lambda: Customer.open(by=clerk, unit=branch).number, runners=5)
    assert sorted(made) == [f"{n:010}" for n in range(1, 6)]


@pytest.mark.django_db(transaction=True)
def test_of_two_who_open_the_same_number_one_is_refused(branch, clerk):
    made = together(lambda: Customer.open(by=clerk, unit=branch, number="A-1"), runners=3)
    assert [type(one) for one in made].count(Customer) == 1
    assert Customer.objects.count() == 1


def test_a_change_keeps_who_what_and_the_search(branch, clerk):
    customer = Customer.open(by=clerk, unit=branch, name="李娜")
    assert customer.change(by=clerk, version=1, name="李丽", address="人民路 1 号") == {"name", "address"}
    assert (customer.initials, customer.version) == ("ll", 2)
    assert SearchEntry.objects.get(customer=customer).name == "李丽"
    event = Event.objects.get(verb="customer.changed")
    assert event.data["fields"] == {"name": ["李娜", "李丽"], "address": ["", "人民路 1 号"]}


def test_saving_the_same_again_changes_nothing(branch, clerk):
    customer = Customer.open(by=clerk, unit=branch, name="李娜")
    assert customer.change(by=clerk, version=1, name="李娜") == set()
    assert (customer.version, verbs(customer)) == (1, ["customer.opened"])


def test_who_holds_an_older_version_is_told(branch, clerk):
    customer = make.customer(branch, name="李娜")
    customer.change(by=clerk, version=1, address="人民路 1 号")
    with pytest.raises(ChangedMeanwhile) as late:
        customer.change(by=clerk, version=1, name="李丽")
    assert late.value.theirs.address == "人民路 1 号"
    customer.refresh_from_db()
    assert customer.name == "李娜"


@pytest.mark.django_db(transaction=True)
def test_of_changes_made_at_once_one_wins_and_the_others_are_told(branch, clerk):
    customer = make.customer(branch, name="李娜")
    names = ["李一", "李二", "李三"]
    got = race(
        customer,
        [
            lambda name=name: customer.__class__.objects.get(pk=customer.pk).change(by=clerk, version=1, name=name)
            for name in names
        ],
    )
    assert sum(isinstance(one, ChangedMeanwhile) for one in got) == 2
    assert verbs(customer) == ["customer.changed"]


def test_a_community_brings_its_unit_and_goes_back_to_the_department(branch, clerk):
    department = make.unit("department", branch)
    community = make.unit("community", department)
    customer = make.customer(branch)
    customer.change(by=clerk, version=1, community=community)
    assert (customer.unit, SearchEntry.objects.get(customer=customer).unit) == (community, community)
    customer.change(by=clerk, version=2, community=None)
    assert customer.unit == department


@pytest.mark.parametrize("kind", ["hall", "foreign"])
def test_only_a_community_of_the_branch_takes_a_customer(branch, clerk, kind):
    wrong = make.unit("hall", branch) if kind == "hall" else make.unit("community")
    customer = make.customer(branch)
    with pytest.raises(ValidationError) as refused:
        customer.change(by=clerk, version=1, community=wrong)
    assert list(refused.value.message_dict) == ["community"]
    customer.refresh_from_db()
    assert (customer.community, customer.version) == (None, 1)


def test_a_new_tier_is_kept_with_its_reason_and_ranks_the_search(branch, clerk):
    customer = Customer.open(by=clerk, unit=branch, name="李娜")
    rank = SearchEntry.objects.get(customer=customer).rank
    gold = make.tier(branch, code="gold")
    customer.put_in_tier(gold, by=clerk, reason="连续两年高消费")
    customer.put_in_tier(gold, by=clerk)
    assert SearchEntry.objects.get(customer=customer).rank < rank
    event = Event.objects.get(verb="customer.tier_changed")
    assert (event.data["old"], event.data["new"], event.data["reason"]) == ("普通", "金卡", "连续两年高消费")


def test_a_foreign_tier_is_refused(branch, clerk):
    customer = make.customer(branch)
    with pytest.raises(ValidationError):
        customer.put_in_tier(make.tier(make.branch()), by=clerk)


@pytest.mark.django_db(transaction=True)
def test_locking_high_value_at_once_is_one_event(branch, clerk):
    customer = make.customer(branch)
    race(customer, lambda: Customer.objects.get(pk=customer.pk).lock_high_value(by=clerk))
    assert verbs(customer) == ["customer.locked_high_value"]
    customer.lock_high_value(by=clerk, locked=False)
    assert not customer.locked_high_value


def test_a_number_ends_still_finds_and_counts_again(branch, clerk):
    customer = make.customer(branch)
    number = customer.add_number("contact", "138 1234 5678", by=clerk)
    customer.end_number(number, by=clerk, on=date(2026, 3, 1))
    customer.end_number(number, by=clerk)
    number.refresh_from_db()
    assert number.valid_to == date(2026, 3, 1)
    assert customer.add_number("contact", "+86 13812345678", by=clerk) == number
    number.refresh_from_db()
    assert number.valid_to is None
    assert verbs(customer) == ["customer.number_added", "customer.number_ended", "customer.number_added"]


def test_the_customer_number_stays(branch, clerk):
    customer = Customer.open(by=clerk, unit=branch)
    with pytest.raises(ValidationError):
        customer.end_number(customer.identifiers.get(), by=clerk)


def test_a_number_needs_a_digit_or_a_letter(branch, clerk):
    with pytest.raises(ValidationError):
        make.customer(branch).add_number("contact", " - ", by=clerk)


@pytest.mark.django_db(transaction=True)
def test_the_same_number_added_at_once_is_there_once(branch, clerk):
    customer = make.customer(branch)
    race(customer, lambda: Customer.objects.get(pk=customer.pk).add_number("contact", "13812345678", by=clerk))
    assert Identifier.objects.filter(customer=customer).count() == 1
    assert verbs(customer) == ["customer.number_added"]
