"""How much one may ask in a minute, counted for each token and each person."""

import pytest
from django.core.cache import cache
from redis.exceptions import ConnectionError as Gone

from door import throttles
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk(settings, monkeypatch):
    settings.API_TOKEN_PER_MINUTE, settings.API_PERSON_PER_MINUTE = 3, 5
    monkeypatch.setattr(throttles.time, "time", lambda: 1_800_000_030.0)
    cache.clear()
    return make.Program(make.user("clerk", make.unit("hall")))


def statuses(program, times):
    return [program.get("me/").status_code for _ in range(times)]


def test_a_token_is_told_when_it_may_ask_again(clerk):
    assert statuses(clerk, 4) == [200, 200, 200, 429]
    refused = clerk.get("me/")
    assert refused["Retry-After"] == "30"
    assert refused.json()["title"] == "Too many requests"


def test_many_tokens_of_one_person_share_the_persons_measure(clerk):
    other = make.Program(clerk.user)
    assert statuses(clerk, 3) + statuses(other, 3) == [200] * 5 + [429]
    assert statuses(make.Program(make.user("clerk", make.unit("hall"))), 1) == [200]


def test_the_next_minute_begins_anew(clerk, monkeypatch):
    statuses(clerk, 4)
    monkeypatch.setattr(throttles.time, "time", lambda: 1_800_000_061.0)
    assert statuses(clerk, 1) == [200]


def test_a_cache_that_is_emptied_or_gone_stops_nobody(clerk, monkeypatch):
    statuses(clerk, 4)
    cache.clear()
    assert statuses(clerk, 1) == [200]

    def gone(*args):
        raise Gone

    monkeypatch.setattr(throttles.cache, "incr", gone)
    assert statuses(clerk, 9) == [200] * 9
