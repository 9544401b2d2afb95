"""Where the bars of a stacked chart stand: plain numbers, drawn by a template as SVG without a line of style."""

import math
from dataclasses import dataclass
from decimal import Decimal

WIDTH, HEIGHT = 640, 190
LEFT, RIGHT, TOP, BOTTOM = 48, 4, 8, 22  # around the bars: figures to the left, months below
STEPS = (1, 2, Decimal("2.5"), 5, 10)
LINES = 4


@dataclass(frozen=True)
class Piece:
    """One part of a bar: the name of its series, and its box."""

    name: str
    y: float
    height: float


@dataclass(frozen=True)
class Bar:
    x: float
    middle: float
    width: float
    pieces: list[Piece]


@dataclass(frozen=True)
class Chart:
    """`lines`: (height on the page, the figure that stands there)."""

    bars: list[Bar]
    lines: list[tuple[float, Decimal]]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    base: int = HEIGHT - BOTTOM


def chart(series: dict[str, list[Decimal]]) -> Chart:
    """Bars of named series (the first lowest), each with one value for every bar; what is below nothing is left out."""
    columns = [[max(value, Decimal(0)) for value in column] for column in zip(*series.values(), strict=True)]
    ticks = scale(max(map(sum, columns)))
    per = (HEIGHT - TOP - BOTTOM) / float(ticks[-1])
    step = (WIDTH - LEFT - RIGHT) / len(columns)
    bars = [_bar(n, dict(zip(series, column, strict=True)), step, per) for n, column in enumerate(columns)]
    return Chart(bars, [(round(HEIGHT - BOTTOM - float(tick) * per, 1), tick) for tick in ticks])


def scale(most: Decimal) -> list[Decimal]:
    """Round figures from nothing to at least `most`, about LINES of them."""
    rough = max(most, Decimal("0.01")) / LINES
    unit = Decimal(10) ** math.floor(rough.log10())
    step = next(step * unit for step in STEPS if step * unit >= rough)
    return [step * n for n in range(math.ceil(max(most, step) / step) + 1)]


def _bar(n, column, step, per):
    x, y, pieces = LEFT + n * step, HEIGHT - BOTTOM, []
    for name, value in column.items():
        height = float(value) * per
        y -= height
        if value:
            pieces.append(Piece(name, round(y, 1), round(height, 1)))
    return Bar(round(x + step * 0.16, 1), round(x + step / 2, 1), round(step * 0.68, 1), pieces)
