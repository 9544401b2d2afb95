"""What keeps a message back, for how long, and what is written down about it."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from audit.models import Event
from outreach import consents, decisions, halts, judging, sending
from outreach.hours import common, next_open, windows
from outreach.judging import No
from outreach.models import Message, Rules
from outreach.queueing import queue
from staff.calendar import WorkingTime
from staff.windows import parse
from tests import make
from tests.outreach.operator import operating

DAYTIME = "08:30-12:00, 14:00-20:00"
SHANGHAI = ZoneInfo("Asia/Shanghai")
DAY = timedelta(days=1)


def at(hour, minute=0, day=10):
    return datetime(2026, 3, day, hour, minute, tzinfo=SHANGHAI)


def standing(**facts):
    """A customer about whom nothing is known at noon less a minute."""
    nothing = {"do_not_disturb_until": None, "hours_from": None, "hours_to": None, "word": None, "sent": []}
    nothing |= {"in_hand": 0, "wave": None, "reached": True}
    known = {"at": at(11, 59), "status": "active", "zone": "Asia/Shanghai", "halted": False, "rules": Rules()}
    return judging.Standing(**nothing | known | facts)


def message(message_class="marketing", **fields):
    return Message(message_class=message_class, channel="sms", **fields)


@pytest.mark.parametrize(
    ("now", "opens"),
    [
        (at(8, 29), at(8, 30)),
        (at(8, 30), at(8, 30)),
        (at(11, 59), at(11, 59)),
        (at(12), at(14)),
        (at(20), at(8, 30, day=11)),
        (at(23), at(8, 30, day=11)),
    ],
)
def test_hours_open_on_the_clock_of_the_place(now, opens):
    assert next_open(windows(DAYTIME), SHANGHAI, now) == opens


def test_a_customer_elsewhere_has_hours_of_their_own():
    found = judging._hours(message(), standing(zone="Europe/London"))  # 03:59 there
    assert found == No("quiet_hours", datetime(2026, 3, 10, 8, 30, tzinfo=UTC))


ZONES = st.sampled_from(["Asia/Shanghai", "Europe/London", "America/New_York", "Australia/Lord_Howe"]).map(ZoneInfo)
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)).map(lambda moment: moment.replace(tzinfo=UTC))


@given(zone=ZONES, now=MOMENTS)
def test_the_next_opening_is_open_not_past_and_no_later_than_needed(zone, now):
    allowed = windows(DAYTIME)
    opens = next_open(allowed, zone, now)
    assert opens >= now
    assert opens - now < timedelta(hours=15)
    assert next_open(allowed, zone, opens) == opens
    for minutes in range(0, int((opens - now).total_seconds() // 60), 7):
        assert next_open(allowed, zone, now + timedelta(minutes=minutes)) == opens


@pytest.mark.parametrize("text", ["", "8-12", "12:00-08:00", "08:00-12:00, 11:00-13:00", "25:00-26:00", "08:00"])
def test_hours_that_make_no_sense_are_refused(text):
    with pytest.raises(ValidationError):
        windows(text)


def test_a_day_may_end_at_midnight():
    assert next_open(windows("00:00-24:00"), SHANGHAI, at(23, 59)) == at(23, 59)
    assert next_open(windows("22:00-24:00"), SHANGHAI, at(0)) == at(22)
    assert common(windows("08:00-24:00"), windows("20:00-24:00")) == windows("20:00-24:00")


def test_hours_of_two_are_those_that_both_have():
    assert common(windows(DAYTIME), [(time(11), time(15))]) == windows("11:00-12:00, 14:00-15:00")
    assert common(windows(DAYTIME), windows("12:00-14:00, 20:00-24:00")) == ()


def test_hours_are_written_as_working_hours_are():
    assert windows("8:30-12:00，14:00至20:00") == parse("08:30-12:00 14:00-20:00") == windows(DAYTIME)


NEW_YORK, FIRST, AGAIN = ZoneInfo("America/New_York"), 5, 6  # o'clock UTC: on 2026-11-01 it is one o'clock there twice


@pytest.mark.parametrize(
    ("text", "hour", "opens"),
    [
        ("01:00-01:30", FIRST, FIRST),
        ("01:00-01:30", AGAIN, 24 + AGAIN),  # a short window in the hour that comes twice is open the first time
        ("00:30-02:30", AGAIN, AGAIN),  # one around it is open all through
    ],
)
def test_the_hour_that_comes_twice_is_that_of_working_time(text, hour, opens):
    begin = datetime(2026, 11, 1, tzinfo=UTC)
    found = next_open(windows(text), NEW_YORK, begin + timedelta(hours=hour))
    assert found == begin + timedelta(hours=opens)
    assert found == WorkingTime(NEW_YORK.key, dict.fromkeys(range(7), parse(text))).next_open(found)


@given(zone=ZONES, now=MOMENTS, text=st.sampled_from([DAYTIME, "01:15-01:45", "00:00-24:00", "22:00-24:00"]))
def test_messages_and_people_keep_the_same_hours(zone, now, text):
    people = WorkingTime(zone.key, dict.fromkeys(range(7), parse(text)))
    assert next_open(windows(text), zone, now) == people.next_open(now)


def test_marketing_needs_a_yes_and_care_that_there_is_no_no():
    words = [None, "given", "refused", "withdrawn"]
    marketing = [judging._consent(message(), standing(word=word)) for word in words]
    assert marketing == [No("no_consent"), None, No("refused_consent"), No("stopped")]
    care = [judging._consent(message("care"), standing(word=word)) for word in words]
    assert care == [None, None, No("refused_consent"), No("stopped")]
    assert [judging._consent(message("service"), standing(word=word)) for word in words] == [None] * 4


def test_do_not_disturb_lasts_until_its_end_and_spares_what_the_customer_waits_for():
    resting = standing(do_not_disturb_until=at(15))
    assert judging._undisturbed(message("service"), resting) == No("do_not_disturb", at(15))
    assert judging._undisturbed(message("service", any_time=True), resting) is None
    assert judging._undisturbed(message("service"), replace(resting, at=at(15))) is None


def test_own_hours_narrow_those_of_the_class():
    own = standing(hours_from=time(18), hours_to=time(22))
    assert judging._hours(message(), own) == No("preferred_hours", at(18))
    assert judging._hours(message(), replace(own, at=at(18))) is None
    assert judging._hours(message(), replace(own, at=at(20, 30))).reason == "quiet_hours"
    night = standing(hours_from=time(22), hours_to=time(23))  # never meets them: those of the class count
    assert judging._hours(message(), night) is None


def test_quiet_hours_do_not_hold_back_what_the_customer_waits_for():
    night = standing(at=at(2))
    assert judging._hours(message("service"), night) == No("quiet_hours", at(8))
    assert judging._hours(message("service", any_time=True), night) is None


def test_a_cap_opens_when_the_oldest_has_left_the_period():
    now = at(11)
    sent = [now - 2 * DAY, now - 12 * DAY, now - 20 * DAY]
    assert judging._frequency(message(), standing(at=now, sent=sent)) == No("frequency", now + 10 * DAY)
    assert judging._frequency(message(), standing(at=now, sent=sent[:1])) == No("frequency", now + 5 * DAY)
    assert judging._frequency(message(), standing(at=now, sent=sent[1:])) is None
    assert judging._frequency(message("service"), standing(at=now, sent=[now] * 5)) is None
    assert judging._frequency(message("service"), standing(at=now, sent=[now] * 6)).until == now + DAY


def test_what_is_only_in_hand_puts_others_off_for_a_moment():
    now, moment = at(11), judging.HAND_PAUSE
    sent = [now - 2 * DAY, now - 3 * DAY]  # of three a month, two a week
    rules = Rules(marketing_per_week=2, marketing_per_month=3)
    assert judging._frequency(message(), standing(at=now, rules=rules, in_hand=1)) is None
    assert judging._frequency(message(), standing(at=now, rules=rules, in_hand=2)).until == now + moment
    assert judging._frequency(message(), standing(at=now, rules=rules, sent=sent[:1], in_hand=1)).until == now + moment
    filled = standing(at=now, rules=rules, sent=sent, in_hand=5)
    assert judging._frequency(message(), filled).until == now + 4 * DAY


def test_no_message_at_all_may_be_a_rule():
    nothing = Rules(marketing_per_week=0)
    assert judging._frequency(message(), standing(rules=nothing)).reason == "frequency"


@given(hours=st.lists(st.integers(0, 24 * 60), max_size=12), most=st.integers(1, 4))
def test_never_more_than_the_cap_in_any_period(hours, most):
    """Sent whenever the rule lets it: no period of seven days ever holds more."""
    rules, now, sent = Rules(care_per_week=most), at(11), []
    for wait in hours:
        now += timedelta(hours=wait / 4)
        found = judging._frequency(message("care"), standing(at=now, sent=sent[::-1], rules=rules))
        assert found is None or found.until > now
        if found is None:
            sent.append(now)
    assert all(sum(begin <= other < begin + 7 * DAY for other in sent) <= most for begin in sent)


# From here on with the database and a gateway.


def queued(customer, **fields):
    template = make.template(customer.branch, **fields)
    with transaction.atomic():
        return queue(customer, template.code, key=f"k{next(make.number)}")


def fresh(one):
    return Message.objects.get(pk=one.pk)


def decided(one):
    return list(one.decisions.order_by("pk").values_list("what", "reason"))


def never_now():
    """Hours of one minute, far from now."""
    soon = timezone.localtime() + timedelta(hours=3)
    return f"{soon:%H}:00-{soon:%H}:01"


def in_the_past():
    return timezone.now() - timedelta(seconds=1)


@pytest.mark.django_db(transaction=True)
def test_what_is_held_back_until_a_moment_is_looked_at_then_and_not_before(operator):
    customer = make.reachable()
    make.rules(customer.branch, service_hours=never_now())
    one = queued(customer)
    assert sending.sms() == 0
    held = fresh(one)
    assert (held.state, held.reason) == ("planned", "quiet_hours")
    assert held.next_at > timezone.now() + timedelta(hours=1)
    assert decided(one) == [("postponed", "quiet_hours")]
    assert one.decisions.get().until == held.next_at


@pytest.mark.django_db(transaction=True)
def test_marketing_goes_to_whoever_agreed_and_to_nobody_else(operator):
    agreed, silent = make.reachable(), None
    silent = make.reachable(agreed.unit)
    make.rules(agreed.branch)
    consents.say(agreed, "marketing_sms", "given", how="hall", by=None, proof="form 7")
    messages = [queued(one, message_class="marketing") for one in (agreed, silent)]
    sending.sms()
    assert [fresh(one).state for one in messages] == ["accepted", "withheld"]
    assert decided(messages[1]) == [("withheld", "no_consent")]
    assert [said["to"] for said in operator.arrived] == [messages[0].to]


@pytest.mark.django_db(transaction=True)
def test_one_that_is_too_late_is_ended(operator):
    customer = make.reachable()
    make.rules(customer.branch)
    template = make.template(customer.branch)
    with transaction.atomic():
        one = queue(customer, template.code, key="late", not_after=in_the_past())
    assert sending.sms() == 0
    assert (fresh(one).state, decided(one)) == ("expired", [("expired", "too_late")])
    template.valid_for = DAY
    template.save()
    decisions.retry(fresh(one), by=make.user())
    assert sending.sms() == 1


@pytest.mark.django_db(transaction=True)
def test_a_halt_holds_back_what_fits_and_lifting_it_lets_it_go(operator):
    customer = make.reachable()
    make.rules(customer.branch)
    person = make.user()
    stopped, other = queued(customer), queued(customer, message_class="care")
    halt = halts.halt(customer.branch, by=person, why="wrong text", message_class="service")
    with pytest.raises(ValidationError, match="stopped already"):
        halts.halt(customer.branch, by=person, why="again", message_class="service")
    sending.sms()
    assert [fresh(one).state for one in (stopped, other)] == ["planned", "accepted"]
    assert decided(stopped) == [("postponed", "halted")]
    halts.lift(halt, by=person)
    halts.lift(halt, by=person)
    sending.sms()
    assert fresh(stopped).state == "accepted"


@pytest.mark.django_db(transaction=True)
def test_the_cap_holds_when_two_senders_meet(gateway):
    from outreach import claims
    from tests.race import together

    customer = make.reachable()
    make.rules(customer.branch, care_per_week=1)
    template = make.template(customer.branch, message_class="care")
    with transaction.atomic():
        for n in range(4):
            queue(customer, template.code, key=f"care{n}")
    claimed = together(lambda: claims.claim(gateway))
    assert sum(map(len, claimed)) == 1
    assert sorted(Message.objects.values_list("state", "reason")) == [
        ("planned", "frequency"), ("planned", "frequency"), ("planned", "frequency"), ("submitting", ""),
    ]  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_one_in_doubt_is_not_sent_again_while_sending_is_stopped(settings, all_due):
    with operating(idempotent=True) as operator:
        settings.GATEWAYS = {"sms": operator.url(), "email": ""}
        customer = make.reachable()
        make.rules(customer.branch)
        one = make.message(customer, state="unknown", in_doubt=True, gateway="sms", attempts=1)
        halt = halts.halt(customer.branch, by=make.user(), why="wrong text")
        for _ in range(2):
            all_due()
            assert sending.sms() == 0
        assert (fresh(one).state, decided(one)) == ("unknown", [("postponed", "halted")])
        halts.lift(halt, by=halt.by)
        all_due()
        assert sending.sms() == 1
        assert (fresh(one).state, decided(one)[-1]) == ("accepted", ("retried", "resend_same"))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("why", "reason"), [("too_late", "too_late_in_doubt"), ("says_paid", "unwanted_in_doubt")])
def test_one_in_doubt_that_may_not_go_again_says_why_it_is_left_to_somebody(settings, all_due, why, reason):
    with operating(idempotent=True) as operator:
        settings.GATEWAYS = {"sms": operator.url(), "email": ""}
        customer = make.reachable()
        make.rules(customer.branch)
        late = {"not_after": in_the_past()} if why == "too_late" else {}
        one = make.message(customer, state="unknown", in_doubt=True, gateway="sms", attempts=1, **late)
        if why == "says_paid":
            settings.SEND_GUARDS = [f"{__name__}.says_no"]
        all_due()
        assert sending.sms() == 0
        one = fresh(one)
        assert (one.state, one.next_at, decided(one)) == ("unknown", None, [("doubted", reason)])
        assert operator.arrived == []


def says_no(messages, at):
    return {one.pk: No("paid") for one in messages}


@pytest.mark.django_db(transaction=True)
def test_other_apps_are_asked_too(operator, settings):
    settings.SEND_GUARDS = [f"{__name__}.says_no"]
    customer = make.reachable()
    make.rules(customer.branch)
    one = queued(customer)
    sending.sms()
    assert (fresh(one).state, decided(one)) == ("withheld", [("withheld", "paid")])


@pytest.mark.django_db(transaction=True)
def test_who_has_left_gets_nothing(operator):
    customer = make.reachable()
    make.rules(customer.branch)
    one = queued(customer)
    type(customer).objects.filter(pk=customer.pk).update(status="left", left_on=timezone.localdate())
    sending.sms()
    assert (fresh(one).state, fresh(one).reason) == ("withheld", "left")


@pytest.mark.django_db(transaction=True)
def test_what_is_addressed_to_a_number_that_is_not_the_customers_any_more_does_not_go(operator):
    gone = make.reachable()
    kept = make.reachable(gone.unit)
    make.rules(gone.branch)
    one, other = queued(gone), queued(kept)
    for customer, until in ((gone, timezone.localdate()), (kept, timezone.localdate() + DAY)):
        customer.identifiers.update(valid_to=until)
    make.identifier(gone, "13700000000")
    sending.sms()
    assert [fresh(each).state for each in (one, other)] == ["withheld", "accepted"]
    assert decided(one) == [("withheld", "address_gone")]
    event = Event.objects.get(verb="message.withheld")
    assert (event.subject_id, event.data) == (one.pk, {"reason": "address_gone"})


@pytest.mark.django_db(transaction=True)
def test_nor_to_a_mailbox_that_they_have_left(settings):
    with operating() as operator:
        settings.GATEWAYS = {"sms": "", "email": operator.url()}
        customer = make.reachable()
        make.rules(customer.branch)
        consents.prefer(customer, by=None, version=0, email="a@example.com")
        fields = {"channel": "email", "subject_zh": "您好", "subject_en": "Hello"}
        first = queued(customer, **fields)
        consents.prefer(customer, by=None, version=1, email="b@example.com")
        second = queued(customer, **fields)
        sending.email()
    assert [fresh(each).state for each in (first, second)] == ["withheld", "accepted"]
    assert decided(first) == [("withheld", "address_gone")]
