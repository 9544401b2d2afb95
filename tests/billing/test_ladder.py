"""The ladder as a pure function of an account's history: whom it reminds when, and whom never."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.dunning import shipped
from billing.dunning.ladder import DISPUTED, PAID, Account, Debt, Entry, Rung, walk

DUE = date(2026, 3, 10)
END = date(2026, 12, 31)
EVERYBODY = Entry()
MOBILE, FIXED = ([Rung(n=n, **step) for n, step in enumerate(steps, 1)] for steps in (shipped.MOBILE, shipped.FIXED))


def on(days):
    return DUE + timedelta(days=days)


def debt(ref="A", due=0, amount="50.00", paid=None, **fields):
    if paid is not None:
        fields["less"] = ((on(paid), Decimal(amount)),)
    return Debt(ref, on(due), Decimal(amount), **fields)


def taken(debts, rungs=MOBILE, entry=EVERYBODY, **about):
    """(days after DUE, step) of all that was done."""
    return [((one.day - DUE).days, one.rung.n) for one in walk(rungs, entry, debts, END, **about) if not one.reason]


def test_the_whole_ladder_of_a_mobile_account_that_never_pays():
    assert taken([debt()]) == [(1, 1), (7, 2), (10, 3), (12, 4), (27, 5), (65, 6), (72, 7)]


def test_a_fixed_line_is_not_stopped_before_thirty_days():
    assert taken([debt()], FIXED)[:4] == [(1, 1), (7, 2), (28, 3), (31, 4)]


def test_whoever_pays_on_the_day_of_a_step_is_not_reminded():
    assert taken([debt(paid=1)]) == []
    assert taken([debt(paid=7)]) == [(1, 1)]


def test_a_part_leaves_the_case_open_with_what_is_left():
    half = debt(less=((on(3), Decimal("20.00")),))
    assert [one.sum for one in walk(MOBILE, Entry(), [half], on(8))] == [Decimal("50.00"), Decimal("30.00")]


def test_bills_that_overlap_are_one_case_and_ask_for_their_sum():
    first, second = debt("A", paid=9), debt("B", due=5)
    happened = list(walk(MOBILE, Entry(), [first, second], on(17)))
    assert [((one.day - DUE).days, one.rung.n, one.cycle, one.sum) for one in happened] == [
        (1, 1, 1, 50), (7, 2, 1, 100), (15, 3, 1, 50), (17, 4, 1, 50),
    ]  # fmt: skip


@pytest.mark.practice("A25")
@pytest.mark.parametrize(
    ("paid", "due", "steps"),
    [
        (11, 1, [(11, 3), (13, 4), (28, 5)]),  # what is left is as old as the announcement asks
        (12, 5, [(15, 3), (17, 4), (32, 5)]),
        (13, 5, [(12, 4), (15, 3), (27, 5)]),  # stopped for what was announced; not both ways for what was not
        (28, 26, [(12, 4), (27, 5)]),  # nothing more of it is stopped
    ],
)
def test_each_debt_that_stops_a_service_is_announced_itself(paid, due, steps):
    debts = [debt("A", paid=paid), debt("B", due=due)]
    assert taken(debts)[2 : 3 + len(steps)] == [(10, 3), *steps]


def test_a_cancellation_is_announced_for_what_is_left_too():
    steps = taken([debt("A", paid=66), debt("B", due=1), debt("C", due=40, paid=68)])
    assert steps[4:] == [(27, 5), (65, 6), (66, 6), (73, 7)]


def test_a_debt_that_was_announced_is_not_announced_again():
    """Its payment is taken back, and what was announced meanwhile is younger."""
    returned = Debt("A", DUE, Decimal("50.00"), ((on(11), Decimal("50.00")), (on(12), Decimal("-50.00"))))
    assert taken([returned, debt("B", due=1)])[2:5] == [(10, 3), (11, 3), (13, 4)]


@pytest.mark.practice("A25")
@pytest.mark.parametrize("late", [{"issued_on": on(11)}, {"disputed": ((on(9), on(10)),)}])
def test_a_bill_of_a_day_that_was_announced_without_it_is_announced_too(late):
    """It came only then, or was disputed."""
    assert taken([debt("A"), debt("B")])[2:4] == [(10, 3), (12, 4)]
    assert taken([debt("A"), debt("B", **late)])[2:5] == [(10, 3), (11, 3), (13, 4)]
    assert taken([debt("A", paid=11), debt("B", **late)])[2:5] == [(10, 3), (11, 3), (13, 4)]


@pytest.mark.practice("A25")
def test_what_was_announced_and_disputed_since_is_announced_anew():
    disputed = debt("B", due=1, disputed=((on(12), on(20)),))
    assert taken([debt("A", paid=12), disputed, debt("C", due=3)])[2:6] == [(10, 3), (13, 3), (15, 4), (21, 3)]


@pytest.mark.practice("A25")
def test_a_newer_bill_is_not_stopped_for_the_age_of_one_that_was_paid():
    old, new = debt("A", paid=28), debt("B", due=27)
    assert taken([old, new], FIXED)[:4] == [(1, 1), (7, 2), (55, 3), (58, 4)]


def test_an_older_bill_that_is_no_longer_disputed_brings_nothing_forward():
    old = debt("A", due=-20, disputed=((on(-20), on(5)),))
    assert taken([old, debt("B")])[:4] == [(1, 1), (7, 2), (10, 3), (12, 4)]


def test_a_new_debt_after_a_case_begins_the_ladder_again():
    happened = list(walk(MOBILE, Entry(), [debt("A", paid=3), debt("B", due=30)], on(32)))
    assert [(one.cycle, one.rung.n, one.reason) for one in happened] == [(1, 1, ""), (1, 2, PAID), (2, 1, "")]


def test_a_dispute_takes_out_only_its_bill():
    """A25, domain 2.1 no. 14."""
    disputed = debt("A", disputed=((on(-5), None),))
    happened = list(walk(MOBILE, Entry(), [disputed, debt("B", due=2)], on(4)))
    assert [(one.reason, [ref for ref, _sum in one.debts]) for one in happened] == [(DISPUTED, ["A"]), ("", ["B"])]


def test_a_dispute_that_is_over_lets_the_bill_in_again():
    assert taken([debt(disputed=((on(0), on(20)),))])[0] == (21, 1)


def test_a_dispute_of_all_that_is_left_ends_the_case():
    happened = list(walk(MOBILE, Entry(), [debt(disputed=((on(3), None),))], END))
    assert [(one.reason, one.cycle) for one in happened] == [("", 1), (DISPUTED, 1), (DISPUTED, 1)]  # bill, and case


def test_steps_of_an_account_that_was_seen_late_keep_their_distance():
    late = debt(issued_on=on(40))
    assert taken([late])[:4] == [(40, 1), (41, 2), (42, 3), (44, 4)]


def test_small_sums_and_young_debts_do_not_enter():
    assert taken([debt(amount="4.99")], entry=Entry(1, Decimal(5))) == []
    assert taken([debt()], entry=Entry(from_days=9))[0] == (9, 1)


def test_while_there_is_credit_left_nothing_is_stopped():
    assert taken([debt()], credit_used_up=False) == [(1, 1), (7, 2)]


DAYS = st.integers(-40, 200)
SUMS = st.decimals("0.01", "300", places=2)


@st.composite
def debts(draw):
    """Bills that are paid in up to two parts, or not wholly; some disputed for a while or for good."""
    found = []
    for n in range(draw(st.integers(1, 5))):
        due, amount = draw(DAYS), draw(SUMS)
        part = draw(st.sampled_from([amount, amount / 2, None]))
        less = [] if part is None else [(on(draw(DAYS)), part)]
        if part and part != amount and draw(st.booleans()):
            less.append((on(draw(DAYS)), amount - part))
        first = on(draw(DAYS))
        last = draw(st.sampled_from([None, first + timedelta(days=draw(st.integers(0, 60)))]))
        disputed = ((first, last),) if draw(st.booleans()) else ()
        found.append(Debt(str(n), on(due), amount, tuple(less), disputed, on(due - 20)))
    return found


@pytest.mark.practice("A25")
@given(debts(), st.sampled_from([MOBILE, FIXED]))
def test_no_settled_and_no_disputed_bill_is_ever_asked_for_and_no_stop_comes_unannounced(found, rungs):
    by_ref = {one.ref: one for one in found}
    announced = []  # (cycle, day, the bills)

    def told(one, owed):
        """The days on which all of them were announced in this case, none of them being disputed since."""
        return [
            day for cycle, day, bills in announced
            if cycle == one.cycle and owed <= bills and not any(disputed_in(by_ref[ref], day, one.day) for ref in owed)
        ]  # fmt: skip

    for one in walk(rungs, Entry(), found, END):
        if one.reason:
            continue
        for ref, much in one.debts:
            bill = by_ref[ref]
            assert bill.due_on < one.day
            assert much == bill.open_on(one.day) > 0
            assert not bill.disputed_on(one.day)
        owed = {ref for ref, _much in one.debts if by_ref[ref].due_on == one.day - timedelta(days=one.days)}
        if one.rung.action.startswith("suspend"):
            assert max(told(one, owed)) <= one.day - timedelta(days=2)
        if one.rung.n == 3:
            assert not told(one, owed)
            announced.append((one.cycle, one.day, owed))
        if one.rung.counts_from == "due":
            assert one.days >= one.rung.days


def disputed_in(debt, first, last):
    return any(begun <= last and (until is None or until >= first) for begun, until in debt.disputed)


@given(debts(), st.sampled_from([MOBILE, FIXED]))
def test_looking_only_when_something_changes_finds_what_looking_every_day_does(found, rungs):
    account, day, every = Account(tuple(rungs), Entry(), found), on(-100), []
    while day <= END:
        every += account.on(day)
        day += timedelta(days=1)
    assert list(walk(rungs, Entry(), found, END)) == every


@given(debts(), st.integers(-40, 200))
def test_what_comes_later_changes_nothing_of_what_was_done(found, days):
    def known(bill):
        less = tuple((when, much) for when, much in bill.less if when <= on(days))
        disputed = tuple((first, last) for first, last in bill.disputed if first <= on(days))
        return Debt(bill.ref, bill.due_on, bill.amount, less, disputed, bill.issued_on)

    then = [known(bill) for bill in found if bill.issued_on <= on(days)]
    assert list(walk(MOBILE, Entry(), then, on(days))) == list(walk(MOBILE, Entry(), found, on(days)))
