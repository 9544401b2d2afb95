"""The demo branch: its figures, its life, and that it never mixes with real data."""

from datetime import date, timedelta

import pytest
from django.db.models import Count, Sum
from django.utils import timezone

from billing import checking
from billing.models import Account, Adjustment, Bill, BillShock, MonthlyUsage, Payment
from crm.demo import load, numbers, staff
from customers import models as c
from customers.numbers import normalise
from customers.pinyin import keys
from customers.search.index import index, rank_anew
from staff.models import Posting, Unit, User
from staff.rights import Role
from work.models import FollowUp

pytestmark = pytest.mark.xdist_group("demo")


@pytest.fixture
def there(branch, db):
    return branch


def test_every_figure_of_the_branch_is_a_share_of_the_domain_s(there):
    customers = c.Customer.objects.filter(branch=there)
    assert customers.count() == 1_600
    assert dict(customers.values_list("kind").annotate(n=Count("id"))) == {"personal": 1_584, "group": 16}
    lines = c.Line.objects.filter(branch=there)
    assert dict(lines.values_list("kind").annotate(n=Count("id"))) == {"mobile": 1_950, "broadband": 950, "fixed": 225}
    assert customers.exclude(tier__code="ordinary").count() == 21
    assert customers.filter(locked_high_value=True).count() == 4
    units = dict(Unit.objects.filter(branch=there).values_list("kind").annotate(n=Count("id")))
    assert (units["department"], units["hall"], units["community"]) == (10 + 1, 6, 40), "one keeps the network"


def test_a_second_run_does_nothing(there):
    before = c.Customer.objects.count(), User.objects.count()
    assert not load.load(1_600)
    assert (c.Customer.objects.count(), User.objects.count()) == before


def test_the_second_branch_has_customers_of_its_own(there):
    assert c.Customer.objects.exclude(branch=there).count() == load.NEIGHBOUR_CUSTOMERS


def test_every_role_has_a_login_and_a_posting(there):
    assert [role for role, _, _ in staff.logins()] == list(Role.values)
    for role, username, _ in staff.logins():
        user = User.objects.get(username=username)
        assert user.check_password(staff.PASSWORD)
        assert Posting.objects.filter(user=user, role=role).exists()


def test_only_the_listed_logins_can_sign_in(there):
    colleagues = User.objects.filter(branch=there).exclude(username__in=Role.values)
    assert colleagues.count() > 100
    assert not any(person.has_usable_password() or person.check_password("demo") for person in colleagues[:20])


def test_vips_and_groups_have_an_account_manager_by_assignment(there):
    led = c.Customer.objects.filter(branch=there, manager__isnull=False)
    assert led.count() == 21 + 16
    assert c.ManagerAssignment.objects.filter(valid_to=None, customer__branch=there).count() == 37
    assert not led.exclude(assignments__manager_id__isnull=False).exists()


def test_the_search_tables_agree_with_the_customers(there):
    rank_anew(1, c.Customer.objects.latest("pk").pk)  # a contact may have come of age since it was loaded
    assert index(c.Customer.objects.values_list("pk", flat=True)) == 0
    assert c.SearchEntry.objects.count() == c.Customer.objects.count()


def test_pinyin_and_numbers_are_those_of_the_product(there):
    for customer in c.Customer.objects.order_by("?")[:200]:
        assert (customer.pinyin, customer.initials) == keys(customer.name, group=customer.kind == "group")
    for number in c.Identifier.objects.exclude(kind="id_document").order_by("?")[:300]:
        assert number.value == normalise(number.written)


def test_worklists_are_alive_today(there):
    due = c.Interaction.objects.filter(follow_up_on=timezone.localdate(), followed_up_at=None)
    assert due.exists()
    assert not c.Interaction.objects.filter(at__gt=timezone.now()).exists()
    owed = FollowUp.objects.filter(branch=there)
    waiting = c.Interaction.objects.filter(branch=there).open_follow_ups()
    assert owed.filter(interaction__isnull=False).count() == waiting.count()
    assert {"planned", "due", "done_satisfied", "done_neutral", "unreachable"} <= set(
        owed.values_list("state", flat=True)
    )
    assert owed.filter(owner__username="clerk").late(timezone.now()).exists()
    assert owed.exclude(kept_at=None).exists()
    assert owed.exclude(broken_at=None).exists()


def test_every_line_is_on_exactly_the_plan_of_its_open_period(there):
    open_ones = c.LinePlan.objects.filter(valid_to=None)
    assert open_ones.count() == c.Line.objects.exclude(status="off_net").count()
    assert all(period.plan_id == period.line.plan_id for period in open_ones.select_related("line")[:500])


def test_old_prices_stay_readable(there):
    assert c.PlanPrice.objects.filter(plan__branch=there).exclude(valid_to=None).exists()
    assert set(c.Plan.objects.values_list("stage", flat=True)) == {"draft", "on_sale", "withdrawn", "ended"}


def test_no_number_is_given_twice():
    assert len({numbers.mobile(n) for n in range(50_000)}) == 50_000
    assert len({numbers.line("broadband", n)[1] for n in range(50_000)}) == 50_000
    assert len({numbers.document(date(1990, 1, 1), n) for n in range(50_000)}) == 50_000


def test_the_same_seed_gives_the_same_people():
    first, second = (load.Names(load.Random(load.SEED)) for _ in range(2))
    assert [first.person() for _ in range(500)] == [second.person() for _ in range(500)]


def test_every_customer_with_a_line_has_an_account_and_a_year_of_bills(there):
    accounts = Account.objects.filter(branch=there)
    assert accounts.count() == 1_600
    assert checking.differences() == []
    whole = accounts.filter(customer__joined_on__lt=timezone.localdate() - timedelta(days=430), closed_on=None)
    whole = whole.filter(customer__lines__isnull=False)
    assert set(whole.annotate(n=Count("bills", distinct=True)).values_list("n", flat=True)) == {12}
    usage = MonthlyUsage.objects.filter(branch=there).values_list("month").annotate(Sum("charge"))
    bills = Bill.objects.filter(branch=there).values_list("month").annotate(Sum("amount"))
    assert dict(usage) == dict(bills)


def test_the_figures_of_money_are_those_of_the_domain(there):
    newest = Bill.objects.filter(branch=there).latest("month").month
    spent = MonthlyUsage.objects.filter(branch=there, month__lt=newest).exclude(service="roaming")
    lines = dict(c.Line.objects.filter(branch=there).values_list("kind").annotate(n=Count("id")))
    months = spent.values("month").distinct().count()
    by_service = dict(spent.values_list("service").annotate(Sum("charge")))
    assert 34 < by_service["broadband"] / lines["broadband"] / months < 46
    mobile = sum(by_service[name] for name in ("fee", "voice", "data"))
    assert 38 < mobile / lines["mobile"] / months < 55
    late = Bill.objects.filter(branch=there).overdue(timezone.localdate()).values("account").distinct().count()
    assert 0.025 < late / 1_600 < 0.06


def test_some_have_paid_ahead_some_are_corrected_and_a_shock_is_being_told(there):
    assert Account.objects.filter(branch=there, credit__gt=0).count() > 60
    assert Adjustment.objects.filter(branch=there, ref__startswith="DEMO").count() == 6
    assert not Payment.objects.filter(at__gt=timezone.now()).exists()
    found = BillShock.objects.filter(branch=there)
    assert found.exists()
    assert all(one.follow_up.origin == "analysis" for one in found)
    assert not Bill.objects.filter(weighed_at=None).exists()
