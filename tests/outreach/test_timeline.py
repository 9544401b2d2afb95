"""Messages stand on the customer's timeline, as the reader may see them."""

from datetime import time

import pytest
from django.utils import translation

from customers import timeline
from customers.masking import Shown
from outreach import consents
from outreach.history import steps_of
from tests import make

pytestmark = pytest.mark.django_db
LONG_AGO = "2020-01-01T00:00Z"


def read(customer, reader, **options):
    return timeline.read(customer, Shown(customer, reader), **options)


def test_a_message_is_on_the_timeline_with_the_reason_for_where_it_stands():
    customer = make.reachable(name="张伟明")
    text = "张伟明，请拨打13912345678"
    make.message(customer, text=text, state="unknown", next_at=None, reason="needs_person")
    [whole], _more = read(customer, make.user("clerk", customer.branch))
    assert (whole.what.text, whole.what.why) == (text, "No report came: somebody has to decide.")
    [masked], _more = read(customer, make.user("guide", customer.branch))
    assert masked.what.text == "张**，请拨打139****5678"
    assert read(customer, make.user("clerk", customer.branch), kind="contacts")[0] == []


def test_who_may_not_see_messages_finds_none_on_the_timeline():
    customer = make.reachable()
    make.message(customer)
    assert read(customer, make.user("quality", customer.branch))[0] == []


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ["When and where to reach the customer changed: email address, best from, best until",
                "Greetings: consent withdrawn (Telephone)", "Greetings: agreed (Form in the hall)"]),
        ("zh-hans", ["联系时段与方式已变更：邮箱地址、方便时段起、方便时段止", "祝福关怀：撤回同意（电话）",
                     "祝福关怀：同意（营业厅书面）"]),
    ],
)  # fmt: skip
def test_what_the_customer_said_about_messages_is_on_the_timeline(language, said):
    customer = make.reachable(name="张伟明")
    clerk = make.user("clerk", customer.branch)
    consents.say(customer, "care", "given", how="hall", by=clerk, proof="表单 7")
    consents.say(customer, "care", "withdrawn", how="call", by=clerk)
    hours = {"hours_from": time(9), "hours_to": time(18), "email": "zhang@example.com"}
    consents.prefer(customer, by=clerk, version=0, **hours)
    with translation.override(language):
        for kind in ("all", "changes"):
            page, _more = read(customer, clerk, kind=kind)
            assert [entry.what.words for entry in page] == said
    assert "zhang@example.com" not in str([entry.what for entry in page])
    assert read(customer, clerk, kind="contacts")[0] == []
    assert read(customer, make.user("quality", customer.branch))[0] == []


def test_the_timeline_goes_on_where_it_stopped():
    customer = make.reachable()
    made = [make.message(customer).pk for _ in range(timeline.PAGE + 5)]
    reader = make.user("clerk", customer.branch)
    page, more = read(customer, reader)
    cursor = dict(part.split("=") for part in more.split("&"))
    rest, none = read(customer, reader, cursor=cursor)
    assert [entry.what.message.pk for entry in page + rest] == made[::-1]
    assert none == ""


def test_an_address_that_a_gateway_repeats_is_masked_where_the_customer_is():
    customer = make.reachable()
    one = make.message(customer, channel="email", to="zhang@example.com", state="failed", ended_at=LONG_AGO)
    one.made.create(n=1, gateway="email", outcome="refused", answer="<Zhang@example.com>: no", ended_at=LONG_AGO)
    seen = {role: Shown(customer, make.user(role, customer.branch)) for role in ("clerk", "guide")}
    assert [steps_of(one, shown)[0].answer for shown in seen.values()] == [
        "<zhang@example.com>: no", "<z***@example.com>: no",
    ]  # fmt: skip


def test_the_page_shows_it():
    customer = make.reachable()
    make.message(customer, text="您的套餐已变更")
    browser = make.sign_in("clerk", customer.branch, language="en")
    page = browser.get(f"/customers/{customer.pk}/timeline/").content.decode()
    assert "您的套餐已变更" in page
    assert "SMS" in page
