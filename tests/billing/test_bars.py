"""Bars add up to the picture: nothing overlaps, nothing leaves the page."""

from decimal import Decimal
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from billing import bars

sums = st.decimals(Decimal(0), Decimal(1_000_000), places=2)


@given(st.lists(st.lists(sums, min_size=12, max_size=12), min_size=1, max_size=9))
def test_pieces_stand_on_each_other_within_the_page(rows):
    chart = bars.chart({f"s{n}": row for n, row in enumerate(rows)})
    assert len(chart.bars) == 12
    for bar in chart.bars:
        ends = [(piece.y, piece.y + piece.height) for piece in bar.pieces]
        assert all(bars.TOP - 0.2 <= top <= bottom <= chart.base + 0.2 for top, bottom in ends)
        assert all(abs(lower[0] - upper[1]) <= 0.3 for lower, upper in pairwise(ends))
        assert chart.left <= bar.x <= bar.x + bar.width <= chart.right


@given(sums)
def test_the_scale_is_round_and_reaches_the_highest(most):
    ticks = bars.scale(most)
    assert ticks[0] == 0
    assert ticks[-1] >= most
    assert 2 <= len(ticks) <= bars.LINES + 2


def test_round_figures():
    assert [int(tick) for tick in bars.scale(Decimal(237))] == [0, 100, 200, 300]
    assert bars.scale(Decimal(0))[-1] > 0
