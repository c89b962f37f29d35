"""What set-based checks share: one statement over all projects, and exact shares."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db import connection

from governance.self_checks.registry import Context


def rows_by_project(sql: str, context: Context, **more: Any) -> dict[str, list[dict[str, Any]]]:
    """Run a statement whose first column is `project_id`; answers its rows by project.

    The statement takes the projects as `%(projects)s::text[]`, the moment as `%(at)s`, and in
    `more` what else it names. Projects without rows have an empty list.
    """
    with connection.cursor() as cursor:
        cursor.execute(sql, {"projects": list(context.projects), "at": context.at, **more})
        names = [column.name for column in cursor.description]
        found = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    answer: dict[str, list[dict[str, Any]]] = {project: [] for project in context.projects}
    for row in found:
        answer[row["project_id"]].append(row)
    return answer


def values(context: Context, name: str) -> list[Decimal]:
    """Answer a threshold's value for each project, to be unnested beside them."""
    return context.thresholds.values(context.projects, name)


def share(part: int, whole: int) -> float:
    """Answer part / whole to three places; 0.0 of nothing."""
    return round(part / whole, 3) if whole else 0.0


def exceeds(part: int, whole: int, limit: Decimal) -> bool:
    """Whether the share is over the limit, unrounded; never of nothing."""
    return whole > 0 and Decimal(part) > limit * whole
