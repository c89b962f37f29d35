"""What the API answers about the charts."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from ninja import Schema


class SeriesOut(Schema):
    """One row of numbers, a day each; null is unknown."""

    key: str
    label: str
    values: list[int | float | Decimal | None]


class ChartOut(Schema):
    """Numbers by day. `unit` is `usd` (values are then decimal strings), `seconds`, `percent`
    (0 to 100) or empty; `target` and `limit` (the red line) are the lines beside them."""

    name: str
    title: str
    note: str
    unit: str
    target: float | None
    limit: float | None
    series: list[SeriesOut]


class Insights(Schema):
    """The charts of these projects together, over the days from `since` to `until`, both
    included."""

    projects: list[str]
    since: date
    until: date
    time_zone: str
    dates: list[date]
    charts: list[ChartOut]
    generated_at: datetime
    writes_on_read: bool = False
