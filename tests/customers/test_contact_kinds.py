"""What the starter reasons let each role write down about a contact."""

from uuid import uuid4

import pytest
from django.db.models import DecimalField
from django.urls import reverse

from customers.models import Interaction, InteractionItem, Reason
from customers.starter import plant
from tests import make

pytestmark = pytest.mark.django_db
HTMX = {"hx-request": "true"}
CONSULTATIONS = {  # H17: services, tariffs, coverage, new services and their use, problems
    "1203": "TV services",
    "1102": "What a service costs",
    "1401": "Network coverage",
    "1402": "New services and how to use them",
    "1403": "Help with a difficult question",
}
TRANSACTIONS = {"2101": "New mobile number", "2102": "New broadband", "2301": "Change the plan"}  # H18


@pytest.fixture
def branch():
    made = make.branch()
    plant(made)
    return made


@pytest.fixture
def manager(branch):
    return make.sign_in("vip_manager", branch, language="en")


@pytest.fixture
def vip(branch, manager):
    return make.customer(branch, tier=make.tier(branch, code="diamond"), manager=manager.person)


def write_down(browser, customer, code, **fields):
    reason = Reason.objects.get(branch=customer.branch, code=code)
    form = {"key": uuid4(), "stage": reason.stage, "channel": "visit", "direction": "in", "next_step": "none"}
    form |= {"reason": reason.pk, "result": "settled", "line": "", "detail": "", "reason_typed": ""} | fields
    answer = browser.post(reverse("visit", args=[customer.pk]), form, headers=HTMX)
    assert answer.status_code == 200
    return InteractionItem.objects.get(interaction__key=form["key"])


def log_of(browser, customer):
    return browser.get(reverse("customer-panel-timeline", args=[customer.pk])).content.decode()


@pytest.mark.parametrize(
    ("kinds", "type_of", "stage"),
    [
        pytest.param(CONSULTATIONS, "Enquiries", "pre_sale", marks=pytest.mark.practice("H17")),
        pytest.param(TRANSACTIONS, "Transactions", "in_sale", marks=pytest.mark.practice("H18")),
    ],
)
def test_a_vip_managers_log_tells_consultations_and_transactions_by_their_kind(manager, vip, kinds, type_of, stage):
    for code in kinds:
        item = write_down(manager, vip, code)
        assert (str(item.reason.parent.parent), item.interaction.stage) == (type_of, stage)
    shown = log_of(manager, vip)
    assert [words for words in kinds.values() if words not in shown] == []


@pytest.mark.practice("A04")
def test_a_guide_logs_a_consultation_and_no_fee_can_be_attached(branch):
    guide = make.sign_in("guide", make.unit("hall", branch), language="en")
    customer = make.customer(branch)
    item = write_down(guide, customer, "1101", channel="hall", fee="20", amount="20", price="20")
    assert (item.interaction.by, item.interaction.stage) == (guide.person, "pre_sale")
    assert "Which plan suits me" in log_of(guide, customer)
    assert not [field for kind in (Interaction, InteractionItem) for field in kind._meta.fields if is_money(field)]


def is_money(field):
    return isinstance(field, DecimalField)
