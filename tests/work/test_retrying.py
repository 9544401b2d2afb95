"""Trying again: the rule, and an oracle that counts differently."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from work import retrying
from work.models import FollowUpRules
from work.models.states import FAILED

SHANGHAI = ZoneInfo("Asia/Shanghai")


def oracle(tried, most, days):
    """Given up only after enough tries on enough days, said by counting alone."""
    return len(tried) >= most and len({f"{one.astimezone(SHANGHAI):%F}" for one in tried}) >= days


@given(
    st.integers(1, 5),
    st.integers(1, 3),
    st.lists(st.sampled_from(sorted(FAILED)), min_size=15, max_size=15),
    st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 1), timezones=st.just(UTC)),
)
def test_tries_are_as_many_and_on_as_many_days_as_the_rule_says(most, days, outcomes, start):
    rules = FollowUpRules(most_tries=most, least_days=days)
    tried = []
    moment = start
    for outcome in outcomes:
        tried.append(moment)
        following = retrying.next_try(rules, tried, outcome, zone=SHANGHAI)
        assert (following is None) == oracle(tried, most, days)
        if following is None:
            return
        assert following > moment
        local = following.astimezone(SHANGHAI)
        assert local.time() >= retrying.DAYTIME[0]
        assert local.time() <= retrying.DAYTIME[1]
        moment = following
    raise AssertionError("never given up")


def test_the_second_try_comes_after_two_hours_and_the_third_next_day_at_another_time():
    rules, morning = FollowUpRules(), datetime(2026, 6, 10, 10, tzinfo=SHANGHAI)
    second = retrying.next_try(rules, [morning], "no_answer", zone=SHANGHAI)
    third = retrying.next_try(rules, [morning, second], "no_answer", zone=SHANGHAI)
    assert second == morning + timedelta(hours=2)
    assert (third.day, third.hour) == (11, 19)
    assert retrying.next_try(rules, [morning, second, third], "no_answer", zone=SHANGHAI) is None


def test_a_day_on_which_nobody_works_is_left_out():
    rules, evening = FollowUpRules(), datetime(2026, 6, 12, 19, 30, tzinfo=SHANGHAI)  # a Friday
    following = retrying.next_try(rules, [evening], "no_answer", zone=SHANGHAI, works=lambda day: day.weekday() < 5)
    assert following.date().isoformat() == "2026-06-15"
