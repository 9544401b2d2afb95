"""The checkers of `make chaos` find what is lost, doubled or strange: one that passes everything proves nothing."""

from collections import Counter, defaultdict
from types import SimpleNamespace

import pytest

from chaos import clients, marks, messages, outbox
from chaos.gateway import BLIND, IDEMPOTENT, QUERYABLE


def asked(**changes):
    """Clients who asked for a, b and c: a and b were answered, c was given up."""
    said = {"wishes": dict.fromkeys("abc"), "told": {"a": 1, "b": 2}, "given_up": {"c"}, "answers": [201, 500, 201]}
    return SimpleNamespace(**said | changes)


@pytest.mark.parametrize("there", [{"a": [1], "b": [2]}, {"a": [1], "b": [2], "c": [3]}])
def test_what_was_given_up_may_be_there_or_not(there):
    assert clients.verdict(there, asked())[1]


@pytest.mark.parametrize(
    "there",
    [
        None,
        {"a": [1]},  # lost
        {"a": [1], "b": [2, 3]},  # doubled
        {"a": [1], "b": [2], "c": [3, 4]},  # doubled, though nobody was told
        {"a": [1], "b": [7]},  # not what was answered
        {"a": [1], "b": [2], "d": [3]},  # nobody asked
    ],
)
def test_what_was_answered_must_be_there_once_as_answered(there):
    assert not clients.verdict(there, asked())[1]


def test_a_request_that_was_refused_is_not_passed_over():
    assert not clients.verdict({"a": [1]}, asked(told={"a": 1}, answers=[201, 403]))[1]


def booked(**kinds):
    """Gateways whose books hold these references, as often as they stand there."""
    book = defaultdict(Counter, {kind: Counter(refs) for kind, refs in kinds.items()})
    return SimpleNamespace(book=book, faults=Counter())


def owed(*states, of_steps=3, refs="sqb"):
    """The row of OWED: a message by each way, of one step."""
    rows = [[way, ref, state, ""] for way, ref, state in zip(("sms", "email", "blind"), refs, states, strict=True)]
    return 1, of_steps, rows, 3, list(refs)


ACCEPTED, UNKNOWN = "accepted", "unknown"
ALL = {IDEMPOTENT: "s", QUERYABLE: "q", BLIND: "b"}


@pytest.mark.parametrize("last", [ACCEPTED, UNKNOWN])
def test_every_message_once_in_a_book_is_well(last):
    assert messages.verdict(owed(ACCEPTED, ACCEPTED, last), booked(**ALL))[1]


def test_a_blind_gateway_may_leave_a_doubt_about_one_that_never_came():
    assert messages.verdict(owed(ACCEPTED, ACCEPTED, UNKNOWN), booked(**ALL | {BLIND: ""}))[1]


@pytest.mark.parametrize(
    ("row", "book"),
    [
        (owed(ACCEPTED, ACCEPTED, ACCEPTED), ALL | {QUERYABLE: ""}),  # lost, though said to be sent
        (owed(ACCEPTED, ACCEPTED, ACCEPTED), ALL | {QUERYABLE: "qq"}),  # doubled
        (owed(ACCEPTED, ACCEPTED, UNKNOWN), ALL | {BLIND: "bb"}),
        (owed(ACCEPTED, UNKNOWN, ACCEPTED), ALL),  # a doubt that could have been settled
        (owed("planned", ACCEPTED, ACCEPTED), ALL),
        (owed(ACCEPTED, ACCEPTED, ACCEPTED, of_steps=2), ALL),  # a step without one of its messages
        (owed(ACCEPTED, ACCEPTED, ACCEPTED), ALL | {IDEMPOTENT: "sx"}),  # under a reference nobody knows
    ],
)
def test_a_lost_doubled_or_strange_message_is_found(row, book):
    assert not messages.verdict(row, booked(**book))[1]


@pytest.mark.parametrize(("came", "well"), [("ab", True), ("aab", True), ("a", False), ("abc", False)])
def test_every_event_comes_at_least_once_under_its_id(came, well):
    assert outbox.verdict((2, 2, 3, ["a", "b"]), Counter(came))[1] is well


@pytest.mark.parametrize(
    ("found", "slots", "well"),
    [((9, 0, 0), (4, 0), True), ((9, 1, 0), (4, 0), False), ((9, 0, 1), (4, 0), False), ((9, 0, 0), (4, 2), False)],
)
def test_every_step_and_slot_leaves_one_mark(found, slots, well):
    assert marks.verdict(found, slots)[1] is well
