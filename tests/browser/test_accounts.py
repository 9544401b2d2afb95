"""The pages of accounts and the panel of money: readable in every look, the chart drawn, the list by keyboard."""

from datetime import timedelta

import pytest
from django.utils import timezone

from billing import weighing
from billing.models import MonthlyUsage
from billing.shock import months_before
from tests import make, money
from tests.browser.watch import chinese_words, problems_of_reading, sideways

pytestmark = pytest.mark.django_db(transaction=True)
LOOKS = [("en", "dark", 1440), ("zh-hans", "light", 1024), ("en", "light", 390)]


@pytest.fixture
def account():
    branch = make.branch(name="江南分公司", name_en="Jiangnan Branch")
    hall = make.unit("hall", branch, name="人民路厅", name_en="People's Road Hall")
    made = money.account(make.customer(hall, name="张伟明"), credit_limit=100)
    this_month = timezone.localdate().replace(day=1)
    for n, amount in enumerate(("900.00", "90.00", "90.00", "90.00"), 1):
        month = months_before(this_month, n)
        issued = month + timedelta(days=32)
        money.bill(made, amount, month=month, issued_on=issued, due_on=issued + timedelta(days=20))
        for service in ("fee", "data", "roaming"):
            MonthlyUsage.objects.create(branch=branch, account=made, month=month, service=service, charge=30 * n)
    money.payment(made, "200.00")
    weighing.weigh(timezone.now())
    return made


@pytest.mark.parametrize(("language", "theme", "width"), LOOKS)
def test_money_is_readable_everywhere(page_as, account, language, theme, width):
    head = make.user("branch_head", account.branch, name="林晓", language=language, theme=theme)
    page = page_as(head, width=width, theme=theme)
    for path in ("/accounts/", f"/accounts/{account.pk}/", "/accounts/shocks/", f"/customers/{account.customer_id}/"):
        page.goto(path)
        if path.startswith("/customers/"):
            page.locator("#panel-money svg.chart rect.piece").first.wait_for()
        assert problems_of_reading(page) == [], path
        assert sideways(page) <= 0, path
        if language == "en":
            assert chinese_words(page) == [], path
