"""What happened today, in the last 24 hours and in the same 24 hours a week ago, in numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db import connection
from django.utils import timezone

from awooop.clock import now

Numbers = Mapping[str, Any]
DAY = timedelta(days=1)
SPANS = ("today", "day", "week_ago")


def _counts(**conditions: str) -> dict[str, str]:
    return {
        name: f"count(*) filter (where {{when}} and {condition})"
        for name, condition in conditions.items()
    }


_ALL = "count(*) filter (where {when})"
_DECIDED = "status in ('approved', 'rejected')"
# table, the moment that counts, what is counted
_PARTS: tuple[tuple[str, str, dict[str, str]], ...] = (
    (
        "runs_run",
        "created_at",
        {
            "runs": _ALL,
            **_counts(
                pending="state = 'pending'",
                running="state = 'running'",
                waiting_approval="state = 'waiting_approval'",
                completed="state = 'completed'",
                failed="state = 'failed'",
                timed_out="state = 'timed_out'",
                cancelled="state = 'cancelled'",
            ),
            "cost_usd": "coalesce(sum(cost_usd) filter (where {when}), 0)",
        },
    ),
    (
        "runs_incident",
        "opened_at",
        {
            "incidents": _ALL,
            **_counts(
                auto_repaired="disposition = 'auto_repaired'",
                human_approved="disposition = 'human_approved'",
                ignored="disposition = 'timeout_ignored'",
            ),
        },
    ),
    (
        "runs_approval",
        "requested_at",
        {
            "asked": _ALL,
            **_counts(
                approved="status = 'approved'",
                rejected="status = 'rejected'",
                expired="status = 'expired'",
            ),
            "decision_seconds": (
                "percentile_cont(0.5) within group "
                "(order by extract(epoch from resolved_at - requested_at)) "
                f"filter (where {{when}} and {_DECIDED})"
            ),
        },
    ),
    (
        "runs_execution",
        "created_at",
        {"executions": _ALL, **_counts(succeeded="success")},
    ),
)


def _statement() -> str:
    """Each table is read twice: since midnight or for 24 hours, whichever is longer, and the 24
    hours a week ago. Both are ranges of an index that starts with the project and the time, so it
    costs what happened in them, whatever is older."""
    parts = []
    for table, at, measures in _PARTS:
        spans = {"today": f"{at} >= %(midnight)s", "day": f"{at} >= %(day_ago)s"}
        parts.append(_part(table, at, measures, spans, "%(recent)s", "%(now)s"))
        spans = {"week_ago": "true"}
        parts.append(_part(table, at, measures, spans, "%(eight_days_ago)s", "%(week_ago)s"))
    joined = " cross join ".join(f"({part}) part{n}" for n, part in enumerate(parts))
    return f"select * from {joined}"  # noqa: S608 - our own names only


def _part(
    table: str, at: str, measures: Mapping[str, str], spans: Mapping[str, str], since: str, til: str
) -> str:
    columns = ", ".join(
        f"{how.format(when=when)} as {span}__{name}"
        for span, when in spans.items()
        for name, how in measures.items()
    )
    where = f"project_id = any(%(projects)s) and {at} >= {since} and {at} < {til}"
    return f"select {columns} from {table} where {where}"  # noqa: S608 - our own names only


_NUMBERS = _statement()


def numbers(projects: Sequence[str]) -> dict[str, Numbers]:
    """Answer what happened `today` (the reader's), the last `day` and the same a `week_ago`: one
    statement."""
    at = now()
    midnight = timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)
    params = {
        "projects": list(projects),
        "now": at,
        "midnight": midnight,
        "day_ago": at - DAY,
        "recent": min(midnight, at - DAY),  # a day that is put back an hour is longer
        "week_ago": at - 7 * DAY,
        "eight_days_ago": at - 8 * DAY,
    }
    with connection.cursor() as cursor:
        cursor.execute(_NUMBERS, params)
        names = [column.name for column in cursor.description]
        row = dict(zip(names, cursor.fetchone(), strict=True))
    found: dict[str, dict[str, Any]] = {span: {} for span in SPANS}
    for column, value in row.items():
        span, _, name = column.partition("__")
        found[span][name] = value
    return {span: dict(some) for span, some in found.items()}


def share(part: int, whole: int) -> Decimal | None:
    """Answer a ratio from 0 to 1, or None where there is nothing to divide: unknown is not zero."""
    return Decimal(part) / Decimal(whole) if whole else None
