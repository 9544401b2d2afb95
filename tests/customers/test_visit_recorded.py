from datetime import date, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audit.models import Event
from customers.models import Customer, Interaction, InteractionItem, SearchEntry
from customers.search.index import index
from customers.visits import record_visit, usual_channel, without_id_numbers
from tests import make
from tests.race import race, together

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 6, 10, 12, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.fixture
def customer():
    made = make.customer()
    index([made.pk])
    return made


@pytest.fixture
def reason(customer):
    return make.reason(customer.branch)


@pytest.fixture
def clerk(customer):
    return make.user("clerk", make.unit("hall", customer.branch))


@pytest.fixture
def visit(customer, clerk, reason):
    def record(**fields):
        fields = {"by": clerk, "key": uuid4(), "stage": "in_sale", "channel": "hall", "at": NOON} | fields
        fields.setdefault("items", [{"reason": reason}])
        return record_visit(customer, **fields)

    return record


def test_three_wishes_in_one_visit_are_one_contact_with_three_items(visit, customer, clerk, reason):
    line = make.line(customer)
    done = visit(
        items=[
            {"reason": reason, "line": line, "detail": "次月生效"},
            {"reason": reason, "result": "open"},
            {"reason": reason},
        ],
        note="客户很急",
    )
    assert Interaction.objects.get() == done
    kept = done.items.values_list("position", "line", "detail", "result")
    assert list(kept) == [(1, line.pk, "次月生效", "settled"), (2, None, "", "open"), (3, None, "", "settled")]
    assert (done.unit, done.branch) == (clerk.postings.get().unit, customer.branch)


def test_whoever_records_is_the_first_owner(visit, clerk):
    assert visit().first_owner == clerk


def test_the_contact_moves_the_customer_up_in_the_search(visit, customer):
    before = SearchEntry.objects.get(customer=customer).rank
    visit(at=None)
    assert SearchEntry.objects.get(customer=customer).rank < before


def test_the_last_contact_never_moves_back(visit, customer):
    visit(at=NOON)
    visit(at=NOON - timedelta(days=3))
    customer.refresh_from_db()
    assert customer.last_contact_at == NOON


def test_a_form_sent_twice_is_one_contact(visit):
    key = uuid4()
    assert visit(key=key) == visit(key=key)
    assert Interaction.objects.count() == InteractionItem.objects.count() == Event.objects.count() == 1


def test_a_form_is_not_used_for_another_customer(visit, clerk, reason):
    key = uuid4()
    visit(key=key)
    other = make.customer(clerk.branch)
    with pytest.raises(ValidationError, match="already used"):
        record_visit(other, by=clerk, key=key, stage="in_sale", channel="hall", items=[{"reason": reason}])
    assert Interaction.objects.count() == 1


def test_a_form_is_not_used_by_somebody_else(visit, clerk):
    key = uuid4()
    visit(key=key)
    with pytest.raises(ValidationError, match="already used"):
        visit(key=key, by=make.user("clerk", clerk.branch))
    assert Interaction.objects.get().by == clerk


@pytest.mark.parametrize(
    ("items", "words"),
    [("none", "at least one"), ("many", "At most"), ("foreign", "no longer"), ("off", "no longer"), ("line", "line")],
)
def test_items_that_cannot_be_are_refused(visit, customer, reason, items, words):
    sent = {
        "none": lambda: [],
        "many": lambda: [{"reason": reason}] * 21,
        "foreign": lambda: [{"reason": make.reason(make.branch())}],
        "off": lambda: [{"reason": make.reason(customer.branch, active=False)}],
        "line": lambda: [{"reason": reason, "line": make.line(make.customer(customer.branch))}],
    }[items]()
    with pytest.raises(ValidationError, match=words) as refused:
        visit(items=sent)
    assert list(refused.value.message_dict) == ["items"]
    assert not Interaction.objects.exists()


@pytest.mark.parametrize(
    ("step", "field"),
    [
        ({"follow_up": " ", "follow_up_on": date(2026, 6, 11)}, "follow_up"),
        ({"follow_up": "回电"}, "follow_up_on"),
        ({"follow_up": "回电", "follow_up_on": date(2026, 6, 9)}, "follow_up_on"),
    ],
)
def test_a_follow_up_says_what_and_by_which_day(visit, step, field):
    with pytest.raises(ValidationError) as refused:
        visit(next_step="follow_up", **step)
    assert list(refused.value.message_dict) == [field]


def test_a_follow_up_may_be_for_today(visit):
    done = visit(next_step="follow_up", follow_up="回电", follow_up_on=NOON.date())
    assert done.awaits_follow_up


def test_somebody_without_a_posting_records_nothing(visit, customer):
    with pytest.raises(ValidationError, match="no posting"):
        visit(by=make.user("quality", customer.branch))


@pytest.mark.parametrize(
    ("role", "channel"), [("clerk", "hall"), ("guide", "hall"), ("hotline", "hotline"), ("vip_manager", "visit")]
)
def test_the_channel_follows_the_posting(role, channel):
    assert usual_channel(make.user(role)) == channel


def test_an_id_number_typed_into_a_note_is_kept_masked(visit, reason):
    done = visit(note="证件 11010519491231002X 已核验", items=[{"reason": reason, "detail": "11010519491231002x"}])
    assert done.note == "证件 1101**********002X 已核验"
    assert done.items.get().detail == "1101**********002X"


@given(
    before=st.text(alphabet="客户号 a,", max_size=5),
    number=st.integers(10**16, 10**17 - 1),
    check=st.sampled_from("0123456789Xx"),
)
def test_no_id_number_survives_in_a_text(before, number, check):
    assert str(number) not in without_id_numbers(f"{before}{number}{check}")


def test_a_phone_number_in_a_note_stays():
    assert without_id_numbers("请回电 13812345678") == "请回电 13812345678"


@pytest.mark.django_db(transaction=True)
def test_a_form_sent_many_times_at_once_is_one_contact(visit):
    key = uuid4()
    got = together(lambda: visit(key=key).pk, runners=5)
    assert len(set(got)) == 1
    assert Interaction.objects.count() == InteractionItem.objects.count() == Event.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_contacts_recorded_at_once_leave_the_latest_day(visit, customer):
    times = [NOON - timedelta(days=days) for days in (3, 0, 2)]
    race(customer, [lambda at=at: visit(at=at) for at in times])
    customer.refresh_from_db()
    assert (Interaction.objects.count(), customer.last_contact_at) == (3, NOON)


def test_a_follow_up_is_done_once(visit, clerk):
    done = visit(next_step="follow_up", follow_up="回电", follow_up_on=NOON.date())
    colleague = make.user("clerk", clerk.branch)
    assert done.follow_up_is_done(by=colleague, at=NOON + timedelta(hours=2))
    assert not done.follow_up_is_done(by=clerk)
    assert done.followed_up_at == NOON + timedelta(hours=2)
    assert (done.first_owner, Event.objects.get(verb="interaction.followed_up").actor) == (clerk, colleague)


def test_where_nothing_was_to_follow_nothing_is_done(visit, clerk):
    with pytest.raises(ValidationError):
        visit().follow_up_is_done(by=clerk)


@pytest.mark.django_db(transaction=True)
def test_a_follow_up_ticked_off_at_once_is_one_event(visit, clerk):
    done = visit(next_step="follow_up", follow_up="回电", follow_up_on=NOON.date())
    got = race(done, lambda: Interaction.objects.get(pk=done.pk).follow_up_is_done(by=clerk))
    assert sorted(got) == [False, False, False, True]
    assert Event.objects.filter(verb="interaction.followed_up").count() == 1


def test_contacts_are_counted_by_stage_within_reach(visit, customer, clerk):
    visit(stage="pre_sale")
    visit(stage="in_sale")
    visit(stage="in_sale", at=NOON + timedelta(days=1))
    foreign = make.customer()
    make.interaction(foreign, make.user("clerk", foreign.branch), stage="pre_sale", at=NOON)
    seen = Interaction.objects.visible_to(clerk).by_stage(NOON, NOON + timedelta(days=1))
    assert seen == {"pre_sale": 1, "in_sale": 1, "after_sale": 0}


def test_every_contact_carries_one_of_the_three_stages(visit):
    done = visit()
    done.stage = "afterwards"
    with pytest.raises(ValidationError):
        done.full_clean()


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(days=st.lists(st.integers(-30, 30), min_size=1, max_size=6))
def test_the_last_contact_is_the_latest_of_all(visit, customer, days):
    times = [NOON + timedelta(days=each) for each in days]
    Customer.objects.filter(pk=customer.pk).update(last_contact_at=None)
    for at in times:
        visit(at=at)
    customer.refresh_from_db()
    assert customer.last_contact_at == max(times)
