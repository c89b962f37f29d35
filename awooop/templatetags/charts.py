"""Charts drawn on the server: shapes in SVG, labels in HTML (legible at any width), and a table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import template

register = template.Library()

WIDTH = 100.0
HEIGHT = 40.0
# A stack keeps its proportions, so that its textures do.
STACK_WIDTH, STACK_HEIGHT = 720, 150
TEXTURES = 7


def _points(values: Sequence[float | None], low: float, high: float) -> list[tuple[float, float]]:
    """Answer the coordinates of the known values; the unknown are left out, never drawn as zero."""
    step = WIDTH / max(1, len(values) - 1)
    return [
        (round(index * step, 2), _height(value, low, high))
        for index, value in enumerate(values)
        if value is not None
    ]


def _height(value: float, low: float, high: float) -> float:
    share = (value - low) / (high - low) if high > low else 0.5
    return round(HEIGHT - 1 - share * (HEIGHT - 2), 2)


def _path(points: Iterable[tuple[float, float]]) -> str:
    return " ".join(f"{'L' if index else 'M'}{x} {y}" for index, (x, y) in enumerate(points))


def _range(values: Sequence[float | None], marks: Sequence[float | None]) -> tuple[float, float]:
    known = [value for value in (*values, *marks) if value is not None]
    low, high = min(known, default=0.0), max(known, default=1.0)
    pad = (high - low) * 0.08 or abs(high) * 0.1 or 1.0
    return (low if low == 0 else low - pad), high + pad


def _plot(
    values: Sequence[float | None], target: float | None, limit: float | None
) -> dict[str, Any]:
    low, high = _range(values, (target, limit))
    points = _points(values, low, high)
    line = _path(points)
    return {
        "line": line,
        "area": f"{line} L{points[-1][0]} {HEIGHT} L{points[0][0]} {HEIGHT}z" if points else "",
        "single": points[0] if len(points) == 1 else None,
        "target_y": None if target is None else _height(target, low, high),
        "limit_y": None if limit is None else _height(limit, low, high),
    }


@register.inclusion_tag("components/sparkline.html")
def sparkline(
    values: Sequence[float | None],
    label: str,
    target: float | None = None,
    limit: float | None = None,
) -> dict[str, Any]:
    """Draw a small line of `values` (None is a gap in knowledge) with its target and red line."""
    numbers = [None if value is None else float(value) for value in values]
    return {**_plot(numbers, _float(target), _float(limit)), "label": label}


def _float(value: object) -> float | None:
    return None if value is None or value == "" else float(str(value))


@register.inclusion_tag("components/line_chart.html")
def line_chart(
    rows: Sequence[dict[str, Any]],
    label: str,
    target: float | None = None,
    limit: float | None = None,
    unit: str = "",
) -> dict[str, Any]:
    """Draw rows of `{label, value}` as a line, with its numbers as a table below."""
    values = [_float(row["value"]) for row in rows]
    plot = _plot(values, _float(target), _float(limit))
    return {**plot, **_frame(rows, values, label), "target": target, "limit": limit, "unit": unit}


@register.inclusion_tag("components/bar_chart.html")
def bar_chart(
    rows: Sequence[dict[str, Any]], label: str, limit: float | None = None, unit: str = ""
) -> dict[str, Any]:
    """Draw rows of `{label, value, tone}` as bars from zero, with their numbers as a table."""
    values = [_float(row["value"]) for row in rows]
    top = max([value for value in (*values, _float(limit)) if value is not None], default=0) or 1
    step = WIDTH / max(1, len(rows))
    bars = [
        {
            "x": round(index * step + step * 0.1, 3),
            "width": round(step * 0.8, 3),
            "y": round(HEIGHT - HEIGHT * value / top, 2),
            "height": round(HEIGHT * value / top, 2),
            "tone": row.get("tone", ""),
            "title": f"{row['label']}: {row['value']}{unit}",
        }
        for index, (row, value) in enumerate(zip(rows, values, strict=True))
        if value is not None
    ]
    limit_y = None if limit is None else round(HEIGHT - HEIGHT * float(limit) / top, 2)
    frame = _frame(rows, values, label)
    return {**frame, "bars": bars, "limit": limit, "limit_y": limit_y, "unit": unit}


@register.inclusion_tag("components/stacked_chart.html")
def stacked_chart(
    labels: Sequence[str], series: Sequence[dict[str, Any]], label: str
) -> dict[str, Any]:
    """Draw a bar for each label, stacked from rows of `{label, tone, values}`.

    Each series has a texture of its own, so that it is read without colour; the numbers stand below
    as a table.
    """
    totals = [sum(row["values"][index] for row in series) for index in range(len(labels))]
    rows = [{**row, "texture": index % TEXTURES} for index, row in enumerate(series)]
    return {
        "label": label,
        "series": rows,
        "bars": _stacks(labels, rows, max(totals, default=0) or 1),
        "rows": [
            {"label": name, "values": [row["values"][index] for row in rows], "total": total}
            for index, (name, total) in enumerate(zip(labels, totals, strict=True))
        ],
        "most": max(totals, default=0),
        "first": labels[0] if labels else "",
        "last": labels[-1] if labels else "",
        "width": STACK_WIDTH,
        "height": STACK_HEIGHT,
    }


def _stacks(
    labels: Sequence[str], rows: Sequence[dict[str, Any]], top: float
) -> list[dict[str, Any]]:
    step = STACK_WIDTH / max(1, len(labels))
    bars = []
    for index, name in enumerate(labels):
        below = 0.0
        for row in rows:
            value = row["values"][index]
            if not value:
                continue
            height = STACK_HEIGHT * value / top
            below += height
            bars.append(
                {
                    "x": round(index * step + step * 0.12, 2),
                    "y": round(STACK_HEIGHT - below, 2),
                    "width": round(step * 0.76, 2),
                    "height": round(height, 2),
                    "tone": row["tone"],
                    "texture": row["texture"],
                    "title": f"{name} · {row['label']}: {value}",
                }
            )
    return bars


def _frame(
    rows: Sequence[dict[str, Any]], values: Sequence[float | None], label: str
) -> dict[str, Any]:
    known = [row["value"] for row, value in zip(rows, values, strict=True) if value is not None]
    return {
        "rows": rows,
        "label": label,
        "first": rows[0]["label"] if rows else "",
        "last": rows[-1]["label"] if rows else "",
        "most": max(known, default=None),
        "known": len(known),
    }
