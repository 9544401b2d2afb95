"""The pages of webhooks, and the chooser of the screen-pop, in a real browser."""

import os

import pytest
from django.utils import timezone

from audit.trail import record
from tests import make
from tests.browser.watch import chinese_words, problems_of_reading, sideways
from webhooks.models import Delivery

pytestmark = pytest.mark.django_db(transaction=True)
LOOKS = [("en", "light", 1440), ("zh-hans", "dark", 1024), ("en", "dark", 390)]
SHOTS = os.environ.get("SHOTS")


def told(branch):
    """A subscription that was paused, with deliveries in every state; and one that was never tried."""
    from django.db import transaction

    customer, now = make.customer(branch, number="K0004711"), timezone.now()
    one = make.subscription(
        branch, name="Billing", state="paused", stopped_for="failures", failures=20, last_at=now, last_status=503
    )
    make.subscription(branch, name="Data warehouse", kinds=["customer.*"])
    with transaction.atomic():
        for _ in range(4):
            record(customer, "customer.changed", by=None, customer=customer, fields={"name": ["a", "b"]})
    states = [("delivered", now), ("dead", now), ("waiting", None), ("waiting", None)]
    for delivery, (state, ended) in zip(one.deliveries.order_by("id"), states, strict=True):
        Delivery.objects.filter(pk=delivery.pk).update(state=state, ended_at=ended, attempts=2)
        delivery.made.create(n=1, error="lost", ended_at=now)
        delivery.made.create(n=2, status=503, answer='{"error": "out of paper, come back later"}', ms=84, ended_at=now)
    return one


@pytest.mark.parametrize(("language", "theme", "width"), LOOKS)
def test_every_page_reads_well(page_as, language, theme, width):
    branch = make.branch(name="江南分公司", name_en="Jiangnan Branch")
    person = make.user("admin", branch, name="林晓", language=language, theme=theme)
    one = told(branch)
    page = page_as(person, width=width, theme=theme)
    at = f"/webhooks/{one.pk}/"
    for n, path in enumerate(["/", "/webhooks/", "/webhooks/new/", at, f"{at}deliveries/{one.deliveries.first().pk}/"]):
        page.goto(path)
        read(page, language, f"{language}-{n}")


@pytest.mark.parametrize(("language", "theme", "width"), LOOKS)
def test_the_caller_is_chosen(page_as, language, theme, width):
    hall = make.unit("hall", name="中山路营业厅", name_en="Zhongshan Road Hall")
    for name in ("张伟明", "李小红"):
        make.identifier(make.customer(hall, name=name), "13812345678")
    page = page_as(make.user("clerk", hall, name="林晓", language=language, theme=theme), width=width, theme=theme)
    page.goto("/pop?number=13812345678")
    assert "number=" not in page.url
    read(page, language, f"pop-{language}")
    page.goto("/pop?number=13912345678")
    assert page.get_by_role("textbox", name="Contact number" if language == "en" else "联系电话").input_value()


def read(page, language, name):
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/{name}-{page.viewport_size['width']}.png", full_page=True)
    assert not problems_of_reading(page)
    assert not sideways(page)
    if language == "en":
        assert not chinese_words(page)
