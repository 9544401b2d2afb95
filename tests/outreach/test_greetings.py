"""Greetings on the day, once a year, in allowed hours, apart from marketing, and not to who refuses them (H35)."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction

from outreach import consents, greetings, judging, sending
from outreach.models import Message
from tests import make

pytestmark = pytest.mark.django_db
SHANGHAI = ZoneInfo("Asia/Shanghai")


def branch_that_greets(*codes):
    branch = make.branch()
    for code in codes:
        make.template(
            branch, code=code, purpose="greeting", message_class="care", text_zh="{customer}，{occasion}快乐！",
            text_en="Happy {occasion}, {customer}!",
        )  # fmt: skip
    return branch


def greet(day, most=500):
    at = datetime.combine(day, datetime.min.time(), SHANGHAI) + timedelta(hours=6)
    for greeting in greetings.of_day(at):
        after = 0
        while after is not None:
            with transaction.atomic():
                _many, after = greetings.greet(greeting, after, most)


def greeted():
    return sorted(Message.objects.values_list("customer__name", flat=True))


@pytest.mark.practice("H35")
@pytest.mark.django_db(transaction=True)
def test_a_birthday_is_greeted_once_a_year_in_allowed_hours_and_apart_from_marketing(operator):
    branch = branch_that_greets(greetings.BIRTHDAY)
    today = branch.today()
    hours = {"care_hours": "00:00-24:00", "marketing_hours": "00:00-00:01"}
    make.rules(branch, **hours)
    born = today.replace(year=1980, day=min(today.day, 28))
    mine = make.reachable(branch, name="王芳", birthday=born)
    make.reachable(branch, name="李静", birthday=born + timedelta(days=40))
    make.reachable(branch, name="某集团", birthday=born, kind="group")
    refuses = make.reachable(branch, name="赵敏", birthday=born)
    consents.say(refuses, "care", "refused", how="hall", by=None)
    consents.say(mine, "marketing_sms", "refused", how="hall", by=None)
    for _ in range(2):
        greet(today.replace(day=born.day))
    assert greeted() == ["王芳"]
    one = Message.objects.get()
    assert (one.message_class, one.text) == ("care", "王芳，生日快乐！")
    midnight = datetime.combine(today.replace(day=born.day), datetime.min.time(), SHANGHAI) + timedelta(days=1)
    assert one.not_after == midnight
    Message.objects.update(not_after=None)
    sending.sms()
    assert [said["text"] for said in operator.arrived] == [one.text]


def test_outside_the_hours_of_care_a_greeting_waits():
    branch = branch_that_greets(greetings.BIRTHDAY)
    make.rules(branch, care_hours="08:30-12:00")
    one = make.message(make.reachable(branch), message_class="care")
    standing = judging.standings_of([one])[0]
    night = datetime(2026, 3, 10, 3, tzinfo=SHANGHAI)
    assert judging._hours(one, replace(standing, at=night)).reason == "quiet_hours"


def test_in_many_small_steps_nobody_is_missed():
    branch = branch_that_greets(greetings.BIRTHDAY)
    for n in range(7):
        make.reachable(branch, name=f"n{n}", birthday=date(1980, 3, 10))
    greet(date(2026, 3, 10), most=3)
    assert greeted() == [f"n{n}" for n in range(7)]


@pytest.mark.parametrize(("year", "day", "kept"), [(2026, 28, True), (2028, 28, False), (2028, 29, True)])
def test_who_was_born_on_a_leap_day_has_a_birthday_every_year(year, day, kept):
    make.reachable(branch_that_greets(greetings.BIRTHDAY), birthday=date(1980, 2, 29))
    greet(date(year, 2, day))
    assert bool(greeted()) is kept


@pytest.mark.parametrize(
    ("day", "text"),
    [
        (date(2026, 2, 17), "张伟，春节快乐！"),
        (date(2026, 2, 18), None),
        (date(2026, 9, 25), "张伟，中秋节快乐！"),
        (date(2026, 10, 1), "张伟，国庆节快乐！"),
        (date(2027, 1, 1), "张伟，元旦快乐！"),
        (date(2026, 4, 5), None),
    ],
)
def test_a_holiday_is_greeted_on_its_first_day(day, text):
    make.reachable(branch_that_greets(*greetings.OCCASIONS))
    greet(day)
    assert list(Message.objects.values_list("text", flat=True)) == ([text] if text else [])


def test_a_branch_without_a_template_sends_no_greetings():
    make.reachable(branch_that_greets(greetings.BIRTHDAY), birthday=date(1980, 3, 10))
    make.reachable(branch_that_greets(), birthday=date(1980, 3, 10), name="别处")
    greet(date(2026, 3, 10))
    assert greeted() == ["张伟"]
