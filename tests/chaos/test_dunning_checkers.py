"""The checkers of dunning in `make chaos`: what is wrong in one of the three books is found."""

from collections import Counter
from types import SimpleNamespace

import pytest

from chaos import dunning

SENT = [[1, "r1", "accepted", False], [2, "r2", "delivered", False], [3, "r3", "withheld", False]]
BOOK = {
    "messages": SENT, "lines": {"7": "active", "8": "suspended_one_way"}, "paid": ["P1", "P2"], "taken_back": ["P2"],
    "steps": 3, "stops": 1, "withdrawn": 0, "restorations": 1,
}  # fmt: skip
WELL = dict.fromkeys(("stops without a reminder", "messages after the payment", "step lost", "stop doubled"), ())
BEFORE = {"7": "suspended_one_way", "8": "suspended_one_way"}


def judged(wrong=(), book=(), taken=("r1", "r2"), stands=((7, "active"),)):
    payers = SimpleNamespace(paid={"P1", "P2"}, taken_back={"P2"})
    return dunning.verdict(WELL | dict(wrong), BOOK | dict(book), Counter(taken), payers, BEFORE, dict(stands))


def test_three_books_that_agree_are_well():
    said, well = judged()
    assert well
    assert said.endswith(
        "0 lost, 0 doubled, 0 stops without a reminder, 0 messages after the payment, 0 lines stand otherwise, "
        "0 left in doubt by a payment"
    )


def test_what_a_payment_left_in_doubt_is_told_and_not_lost():
    said, well = judged(book={"messages": [*SENT, [4, "r4", "unknown", True]]})
    assert well
    assert said.endswith(", 1 left in doubt by a payment")


def test_what_a_payment_left_in_doubt_came_once_at_most():
    said, well = judged(book={"messages": [*SENT, [4, "r4", "unknown", True]]}, taken=("r1", "r2", "r4", "r4"))
    assert not well
    assert "     1 message doubled" in said


@pytest.mark.parametrize("what", WELL)
def test_whatever_the_database_finds_wrong_counts(what):
    said, well = judged({what: [7, 7]})
    assert not well
    assert f"     2 {what}" in said
    assert said.endswith("accounts: [7]")


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"taken": ("r1",)}, "message lost"),  # said to be delivered
        ({"book": {"messages": [[1, "r1", "unknown", False]]}}, "message lost"),  # never came to an end
        ({"taken": ("r1", "r1", "r2")}, "message doubled"),
        ({"book": {"messages": [*SENT, [1, "r9", "accepted", False]]}, "taken": ("r1", "r2", "r9")}, "message doubled"),
        ({"book": {"paid": ["P2"]}}, "payment lost"),
        ({"book": {"taken_back": []}}, "payment lost"),
        ({"book": {"paid": ["P1", "P2", "P3"]}}, "payment doubled"),  # nobody paid it
        ({"stands": {}}, "lines stand otherwise"),  # restored in the product alone
        ({"stands": {7: "active", 8: "active"}}, "lines stand otherwise"),  # restored in the billing system alone
        ({"stands": {7: "active", 9: "active"}}, "lines stand otherwise"),  # no such line
    ],
)
def test_books_that_differ_are_found(change, what):
    said, well = judged(**change)
    assert not well
    assert f"     1 {what}" in said
