"""Charts drawn on the server: shapes in SVG, labels in HTML (legible at any width), and a table."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import Any

from django import template
from django.utils import formats

from awooop import chart_shapes, ui_time
from awooop.chart_shapes import HEIGHT, STACK_HEIGHT, STACK_WIDTH, TEXTURES, WIDTH
from awooop.templatetags import ui

register = template.Library()

# How many lines of one chart are told apart by their dashes.
LINES = 3


@register.filter
def amount(value: Any, unit: str = "") -> str:
    """Say a number of a chart in its unit: 'usd', 'seconds', 'percent' (0 to 100), or any word."""
    if value is None:
        return ui.DASH
    if unit == "usd":
        return ui.money(value)
    if unit == "seconds":
        return ui_time.span(round(float(value)))
    if unit == "percent":
        return f"{formats.number_format(round(float(value), 1))} %"
    if isinstance(value, float):
        value = int(value) if value.is_integer() else round(value, 3)
    return f"{ui.number(value)}{unit}"


@register.inclusion_tag("components/sparkline.html")
def sparkline(
    values: Sequence[float | None],
    label: str,
    target: float | None = None,
    limit: float | None = None,
) -> dict[str, Any]:
    """Draw a small line of `values` (None is a gap in knowledge) with its target and red line."""
    numbers = [_float(value) for value in values]
    return {**_plot([numbers], _float(target), _float(limit)), "label": label}


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
    plot = _plot([values], _float(target), _float(limit))
    return {**plot, **_frame(rows, values, label), "target": target, "limit": limit, "unit": unit}


@register.inclusion_tag("components/lines_chart.html")
def lines_chart(
    labels: Sequence[str],
    series: Sequence[dict[str, Any]],
    label: str,
    unit: str = "",
    target: float | None = None,
    limit: float | None = None,
    is_open: bool = False,
) -> dict[str, Any]:
    """Draw up to three rows of `{label, values}` as lines over the same labels, told apart by their
    dashes; the numbers stand below as a table, which `is_open` or not."""
    numbers = [[_float(value) for value in row["values"]] for row in series]
    plot = _plot(numbers, _float(target), _float(limit))
    known = [value for values in numbers for value in values if value is not None]
    return {
        **plot,
        "label": label,
        "lines": [
            {**line, "label": row["label"], "dash": index % LINES}
            for index, (line, row) in enumerate(zip(plot["lines"], series, strict=True))
        ],
        "rows": _table(labels, series, total=False),
        "known": len(known),
        "most": max(known, default=None),
        "target": target,
        "limit": limit,
        "unit": unit,
        "is_open": is_open,
        **_ends(labels),
    }


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
            "title": f"{row['label']}: {amount(row['value'], unit)}",
        }
        for index, (row, value) in enumerate(zip(rows, values, strict=True))
        if value is not None
    ]
    limit_y = None if limit is None else round(HEIGHT - HEIGHT * float(limit) / top, 2)
    frame = _frame(rows, values, label)
    return {**frame, "bars": bars, "limit": limit, "limit_y": limit_y, "unit": unit}


@register.inclusion_tag("components/stacked_chart.html")
def stacked_chart(
    labels: Sequence[str],
    series: Sequence[dict[str, Any]],
    label: str,
    unit: str = "",
    is_open: bool = False,
) -> dict[str, Any]:
    """Draw a bar for each label, stacked from rows of `{label, tone, values}`.

    Each series has a texture of its own, so that it is read without colour; the numbers stand below
    as a table, which `is_open` or not.
    """
    totals = [sum(row["values"][index] or 0 for row in series) for index in range(len(labels))]
    textures = _textures(labels, series, label)
    rows = [
        {**row, "texture_id": textures[index % TEXTURES]["id"]} for index, row in enumerate(series)
    ]
    most = max(totals, default=0)
    bars = [
        {**bar, "title": f"{bar['name']} · {bar['of']}: {amount(bar['value'], unit)}"}
        for bar in chart_shapes.stacks(labels, rows, float(most) or 1)
    ]
    return {
        "label": label,
        "series": rows,
        "textures": textures[1 : len(series)],
        "bars": bars,
        "rows": _table(labels, series, total=True),
        "most": most,
        "unit": unit,
        "is_open": is_open,
        "width": STACK_WIDTH,
        "height": STACK_HEIGHT,
        **_ends(labels),
    }


@register.inclusion_tag("components/insight.html")
def insight(chart: Any, labels: Sequence[str], is_open: bool = False) -> dict[str, Any]:
    """Draw a chart that a room contributed (see governance.insights), by its own shape."""
    series = [{"label": row.label, "tone": row.tone, "values": row.values} for row in chart.series]
    return {"chart": chart, "series": series, "labels": labels, "is_open": is_open}


def _plot(
    lines: Sequence[Sequence[float | None]], target: float | None, limit: float | None
) -> dict[str, Any]:
    low, high = chart_shapes.bounds([value for line in lines for value in line], (target, limit))
    return {
        "lines": [chart_shapes.line(values, low, high) for values in lines],
        "target_y": None if target is None else chart_shapes.height(target, low, high),
        "limit_y": None if limit is None else chart_shapes.height(limit, low, high),
    }


def _textures(
    labels: Sequence[str], series: Sequence[dict[str, Any]], label: str
) -> list[dict[str, Any]]:
    """Answer the textures, the first of which is none; their ids are this chart's own."""
    drawn = repr((label, list(labels), [(row["label"], row["values"]) for row in series]))
    own = f"{zlib.crc32(drawn.encode()):08x}"
    return [
        {
            "number": number,
            "id": f"texture-{number}-{own}" if number else "",
            "size": 8 if number == TEXTURES - 1 else 6,
        }
        for number in range(TEXTURES)
    ]


def _table(
    labels: Sequence[str], series: Sequence[dict[str, Any]], *, total: bool
) -> list[dict[str, Any]]:
    rows = []
    for index, name in enumerate(labels):
        values = [row["values"][index] for row in series]
        row = {"label": name, "values": values}
        rows.append({**row, "total": sum(value or 0 for value in values)} if total else row)
    return rows


def _ends(labels: Sequence[str]) -> dict[str, str]:
    return {"first": labels[0] if labels else "", "last": labels[-1] if labels else ""}


def _float(value: object) -> float | None:
    return None if value is None or value == "" else float(str(value))


def _frame(
    rows: Sequence[dict[str, Any]], values: Sequence[float | None], label: str
) -> dict[str, Any]:
    known = [row["value"] for row, value in zip(rows, values, strict=True) if value is not None]
    return {
        "rows": rows,
        "label": label,
        "most": max(known, default=None),
        "known": len(known),
        **_ends([row["label"] for row in rows]),
    }
