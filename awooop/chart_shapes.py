"""Where the shapes of a chart lie: numbers in, coordinates and SVG paths out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

WIDTH = 100.0
HEIGHT = 40.0
# A stack keeps its proportions, so that its textures do.
STACK_WIDTH, STACK_HEIGHT = 720, 150
TEXTURES = 7

Values = Sequence[float | None]
Point = tuple[float, float]


def bounds(values: Values, marks: Values = ()) -> tuple[float, float]:
    """Answer the lowest and highest number to be drawn, with some room; 0 stays the bottom."""
    known = [value for value in (*values, *marks) if value is not None]
    low, high = min(known, default=0.0), max(known, default=1.0)
    pad = (high - low) * 0.08 or abs(high) * 0.1 or 1.0
    return (low if low == 0 else low - pad), high + pad


def height(value: float, low: float, high: float) -> float:
    """Answer how far from the top a value lies."""
    share = (value - low) / (high - low) if high > low else 0.5
    return round(HEIGHT - 1 - share * (HEIGHT - 2), 2)


def line(values: Values, low: float, high: float) -> dict[str, Any]:
    """Answer the paths of a line: `line`, the `area` below it, and `lone`, the values between two
    gaps. What is unknown is a gap, never zero and never drawn over."""
    parts = list(_unbroken(values, low, high))
    long = [part for part in parts if len(part) > 1]
    return {
        "line": " ".join(_path(part) for part in long),
        "area": " ".join(
            f"{_path(part)} L{part[-1][0]} {HEIGHT} L{part[0][0]} {HEIGHT}z" for part in long
        ),
        "lone": " ".join(f"M{part[0][0]} {part[0][1]}h0" for part in parts if len(part) == 1),
    }


def _unbroken(values: Values, low: float, high: float) -> Iterator[list[Point]]:
    step = WIDTH / max(1, len(values) - 1)
    part: list[Point] = []
    for index, value in enumerate(values):
        if value is not None:
            part.append((round(index * step, 2), height(value, low, high)))
        elif part:
            yield part
            part = []
    if part:
        yield part


def _path(points: Sequence[Point]) -> str:
    return " ".join(f"{'L' if index else 'M'}{x} {y}" for index, (x, y) in enumerate(points))


def stacks(
    labels: Sequence[str], rows: Sequence[dict[str, Any]], top: float
) -> Iterator[dict[str, Any]]:
    """Answer a rectangle for each value that is not zero, one row of values upon the other."""
    step = STACK_WIDTH / max(1, len(labels))
    for index, name in enumerate(labels):
        below = 0.0
        for row in rows:
            value = row["values"][index]
            if not value:
                continue
            tall = STACK_HEIGHT * float(value) / top
            below += tall
            yield {
                "x": round(index * step + step * 0.12, 2),
                "y": round(STACK_HEIGHT - below, 2),
                "width": round(step * 0.76, 2),
                "height": round(tall, 2),
                "tone": row["tone"],
                "texture_id": row["texture_id"],
                "name": name,
                "of": row["label"],
                "value": value,
            }
