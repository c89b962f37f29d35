"""The tab of the SLOs: what each is worth now, and its last thirty days."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest

from governance.selectors import slo
from governance.selectors.slo import Evaluation, Point
from governance.views.frame import Shown

# More would be a page of charts that nobody reads: the project switcher leads to the others.
PROJECTS_AT_MOST = 6


def tab(request: HttpRequest, projects: Sequence[str]) -> Shown:
    """A card for each SLO of each project (of the first few, where there are many)."""
    shown = projects[:PROJECTS_AT_MOST]
    boards = [_board(*one) for one in slo.boards(shown)]
    return Shown({"boards": boards, "left_out": len(projects) - len(shown), "days": slo.DAYS})


def _board(evaluation: Evaluation, history: dict[str, list[Point]]) -> dict[str, Any]:
    cards = [_card(verdict, history.get(verdict["name"], [])) for verdict in evaluation.verdicts]
    return {"evaluation": evaluation, "cards": cards}


def _card(verdict: dict[str, Any], points: list[Point]) -> dict[str, Any]:
    values = [point.value for point in points]
    unit = _unit(verdict)
    return {
        **verdict,
        "is_ratio": unit == "ratio",
        "is_seconds": unit == "seconds",
        "values": values,
        "points": len(points),
        "known": sum(value is not None for value in values),
        "violated": sum(point.status == "violated" for point in points),
        "no_data": sum(point.value is None for point in points),
        "first_at": points[0].evaluated_at if points else None,
    }


def _unit(verdict: dict[str, Any]) -> str:
    """Answer how its value is read: a share, seconds, or a plain number."""
    if verdict["name"].endswith("_latency"):
        return "seconds"
    is_share = max(verdict["target"], verdict["hard_red_line"]) <= 1
    return "ratio" if is_share and verdict["direction"] == "above" else "number"
