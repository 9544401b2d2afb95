import re
from datetime import timedelta

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from audit.trail import record
from customers import timeline
from customers.masking import Shown
from customers.timeline.changes import WORDS
from tests import make

pytestmark = pytest.mark.django_db
CURSOR = re.compile(r'hx-get="[^"]*\?([^"]*)"[^>]*>(?:Earlier|更早)')


@pytest.fixture
def clerk():
    return make.user("clerk")


@pytest.fixture
def customer(clerk):
    return make.customer(clerk.branch)


def happen(customer, clerk, contacts=0, changes=0):
    now = timezone.now()
    for n in range(contacts):
        make.interaction(customer, clerk, at=now + timedelta(minutes=n), note=f"第{n}次")
    for n in range(changes):
        with transaction.atomic():
            record(customer, "customer.locked_high_value" if n % 2 else "customer.unlocked_high_value", by=clerk)


def walk(customer, clerk, kind="all"):
    """All entries page by page, with the number of pages."""
    shown, cursor, seen, pages = Shown(customer, clerk), {}, [], 0
    while True:
        entries, following = timeline.read(customer, shown, kind=kind, cursor=cursor)
        seen += entries
        pages += 1
        if not following:
            return seen, pages
        cursor = dict(part.split("=") for part in following.replace("%3A", ":").replace("%2B", "+").split("&"))


@pytest.mark.parametrize(("contacts", "changes"), [(0, 0), (1, 0), (20, 0), (21, 0), (33, 29), (0, 45), (40, 1)])
def test_page_by_page_everything_comes_once_newest_first(customer, clerk, contacts, changes):
    happen(customer, clerk, contacts, changes)
    seen, pages = walk(customer, clerk)
    assert len({(entry.source, entry.position) for entry in seen}) == len(seen) == contacts + changes
    assert [entry.at for entry in seen] == sorted((entry.at for entry in seen), reverse=True)
    assert pages == max(1, -(-(contacts + changes) // timeline.PAGE))


def test_contacts_of_the_same_moment_are_all_there(customer, clerk):
    now = timezone.now()
    for _ in range(25):
        make.interaction(customer, clerk, at=now)
    seen, _pages = walk(customer, clerk)
    assert len({entry.what.pk for entry in seen}) == 25


def test_what_happens_while_one_reads_on_shifts_nothing(customer, clerk):
    happen(customer, clerk, contacts=30)
    shown = Shown(customer, clerk)
    first, following = timeline.read(customer, shown)
    make.interaction(customer, clerk, at=timezone.now() + timedelta(days=1))
    cursor = dict(part.split("=") for part in following.replace("%3A", ":").replace("%2B", "+").split("&"))
    second, _end = timeline.read(customer, shown, cursor=cursor)
    assert not {entry.position for entry in first} & {entry.position for entry in second}
    assert len(first) + len(second) == 30


def test_each_kind_shows_its_own(customer, clerk):
    happen(customer, clerk, contacts=2, changes=3)
    make.interaction(
        customer, clerk, next_step="follow_up", follow_up="回电", follow_up_on=timezone.localdate(), note="待办"
    )
    assert {kind: len(walk(customer, clerk, kind)[0]) for kind in timeline.KINDS} == {
        "all": 6,
        "contacts": 3,
        "follow_ups": 1,
        "changes": 3,
    }


def test_another_customers_events_and_verbs_without_words_stay_away(customer, clerk):
    happen(make.customer(clerk.branch), clerk, contacts=1, changes=1)
    with transaction.atomic():
        record(customer, "customer.something_internal", by=clerk)
    assert walk(customer, clerk) == ([], 1)


def test_every_kind_of_change_reads_in_both_languages(customer, clerk):
    data = {
        "old": "普通", "new": "金卡", "old_en": "Ordinary", "new_en": "Gold", "kind": "contact",
        "written": "13812345678",
        "on": "2026-06-10", "manager": "陈安", "before": "林波", "line": "13812345678", "what": "回电 13812345678",
        "file": "customers.csv",
    }  # fmt: skip
    with transaction.atomic():
        for verb in WORDS:
            record(customer, verb, by=clerk, **data)
    said = {}
    for language in ("en", "zh-hans"):
        with override(language):
            said[language] = [entry.what.words for entry in walk(customer, clerk)[0]]
    assert "Tier changed from Ordinary to Gold" in said["en"]
    assert "Contact number added: 13812345678" in said["en"]
    assert all(words.replace("陈安", "").replace("林波", "").replace("回电", "").isascii() for words in said["en"])


def test_a_guide_reads_changes_without_numbers(customer, clerk):
    guide = make.user("guide", clerk.branch)
    with transaction.atomic():
        record(customer, "customer.number_added", by=clerk, kind="contact", written="13812345678")
        record(customer, "interaction.followed_up", by=clerk, what="已回电 138 1234 5678 张伟")
    words = [entry.what.words for entry in walk(customer, guide)[0]]
    assert all("138****5678" in one for one in words)
    assert not any("张伟" in one for one in words)


def test_the_panel_loads_earlier_entries_by_its_button(customer, clerk):
    happen(customer, clerk, contacts=45)
    browser = make.sign_in("clerk", clerk.branch, language="en")
    url, seen = reverse("customer-panel-timeline", args=[customer.pk]), []
    query = ""
    for _ in range(3):
        shown = browser.get(f"{url}?{query}").content.decode()
        seen += re.findall(r"第(\d+)次", shown)
        found = CURSOR.search(shown)
        query = found[1].replace("&amp;", "&") if found else ""
    assert [int(n) for n in seen] == list(range(44, -1, -1))
    assert query == ""


@pytest.mark.parametrize(
    "query", ["0=nonsense", "1=x", "0=2026-06-10_x", "0=2026-06-10_1", "0=2026-13-40T00:00:00_1", "1="]
)
def test_a_made_up_cursor_is_a_bad_request(customer, clerk, query):
    happen(customer, clerk, contacts=1, changes=1)
    browser = make.sign_in("clerk", clerk.branch)
    answer = browser.get(reverse("customer-panel-timeline", args=[customer.pk]) + f"?{query}")
    assert answer.status_code == 400


@pytest.mark.parametrize("query", ["kind=%00", "7=1", f"1={10**30}"])
def test_what_means_nothing_is_passed_over(customer, clerk, query):
    happen(customer, clerk, contacts=1, changes=1)
    browser = make.sign_in("clerk", clerk.branch)
    assert browser.get(reverse("customer-panel-timeline", args=[customer.pk]) + f"?{query}").status_code == 200


def test_overdue_follow_ups_say_so_and_are_done_from_the_timeline(customer, clerk):
    late = make.interaction(
        customer, clerk, next_step="follow_up", follow_up="回电", follow_up_on=timezone.localdate() - timedelta(days=1)
    )
    browser = make.sign_in("clerk", clerk.branch, language="en")
    url = reverse("customer-panel-timeline", args=[customer.pk])
    assert "Follow-up overdue since" in browser.get(url).content.decode()
    answer = browser.post(reverse("follow-up-done", args=[late.pk]), headers={"hx-request": "true"})
    assert answer.status_code == 200
    assert "timeline-changed" in answer["HX-Trigger"]
    shown = browser.get(url).content.decode()
    assert "Followed up" in shown
    assert "Follow-up done: 回电" in shown


def test_a_follow_up_of_a_customer_out_of_reach_is_not_there(customer, clerk):
    late = make.interaction(customer, clerk, next_step="follow_up", follow_up="回电", follow_up_on=timezone.localdate())
    browser = make.sign_in("vip_manager", clerk.branch)
    assert browser.post(reverse("follow-up-done", args=[late.pk])).status_code == 404
    late.refresh_from_db()
    assert late.followed_up_at is None


def test_where_nothing_follows_the_answer_says_so(customer, clerk):
    done = make.interaction(customer, clerk)
    browser = make.sign_in("clerk", clerk.branch, language="en")
    answer = browser.post(reverse("follow-up-done", args=[done.pk]), headers={"hx-request": "true"})
    assert answer.status_code == 422
    assert "Nothing was to be followed up here." in answer.content.decode()


def test_a_guide_does_not_read_a_changed_birthday_or_bill(customer, clerk):
    guide = make.user("guide", clerk.branch)
    fields = {"birthday": ["1949-12-31", "1950-01-01"], "monthly_charge": ["777.00", "888.00"]}
    with transaction.atomic():
        record(customer, "customer.changed", by=clerk, fields=fields)
    (hidden,), (seen,) = (
        [str(entry.what.fields) for entry in walk(customer, person)[0] if entry.what.fields]
        for person in (guide, clerk)
    )
    for value in ("1949-12-31", "1950-01-01", "777.00", "888.00"):
        assert value in seen
        assert value not in hidden
