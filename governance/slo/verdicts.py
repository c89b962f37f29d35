"""From a reading to a verdict: one rule for the self-check, the API and the pages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from governance.models import SloStatus
from governance.slo import readings
from governance.slo.definitions import Slo
from governance.slo.readings import Reading

Verdict = dict[str, Any]
PLACES = 3
NO_DATA = "no_data"


def judge(slo: Slo, reading: Reading) -> Verdict:
    """Answer the verdict on one SLO. Only a number is ok or violated; nothing else ever is."""
    if reading.value is None:
        status = SloStatus.ERROR if reading.is_error else SloStatus.SKIPPED
        return _verdict(slo, status, reason=reading.reason, hint=str(reading.hint or slo.hint))
    # Rounded first: what is shown as 0.7 is judged as 0.7, whichever source it comes from.
    value = round(reading.value, PLACES)
    status = SloStatus.VIOLATED if slo.is_beyond_red_line(_exact(value)) else SloStatus.OK
    return _verdict(slo, status, value=value)


def described(slo: Slo, *, status: str, value: float | None, reason: str) -> Verdict:
    """Answer the verdict that was reached before and stored as a sample."""
    hint = "" if value is not None else str(readings.HINTS.get(reason, slo.hint))
    return _verdict(slo, SloStatus(status), value=value, reason=reason, hint=hint)


def summary(verdicts: Mapping[str, Verdict]) -> dict[str, Any]:
    """Answer `_meta`: how many of each status, and the status of all together.

    Where nothing is ok or violated, all together are `no_data`: an error is no data either.
    """
    statuses = {name: verdict["status"] for name, verdict in verdicts.items()}
    counts = Counter(statuses.values())
    measured = counts[SloStatus.VIOLATED] + counts[SloStatus.OK]
    worst = SloStatus.VIOLATED if counts[SloStatus.VIOLATED] else SloStatus.OK
    return {
        "violated_count": counts[SloStatus.VIOLATED],
        "skipped_count": counts[SloStatus.SKIPPED],
        "ok_count": counts[SloStatus.OK],
        "error_count": counts[SloStatus.ERROR],
        "all_status": statuses,
        "all_skipped": bool(statuses) and counts[SloStatus.SKIPPED] == len(statuses),
        "status": str(worst.value) if measured else NO_DATA,
    }


def result(verdicts: Sequence[Verdict]) -> dict[str, Any]:
    """Answer a project's evaluation: the verdicts by name, and `_meta`."""
    by_name = {verdict["name"]: verdict for verdict in verdicts}
    return {**by_name, "_meta": summary(by_name)}


def _verdict(
    slo: Slo, status: SloStatus, *, value: float | None = None, reason: str = "", hint: str = ""
) -> Verdict:
    return {
        "name": slo.name,
        "status": str(status.value),
        "value": value,
        "target": float(slo.target),
        "hard_red_line": float(slo.hard_red_line),
        "direction": str(slo.direction),
        "query": slo.query,
        "gap": _gap(slo, status, value),
        "meets_target": None if value is None else slo.meets_target(_exact(value)),
        "reason": reason or None,
        "hint": hint or None,
    }


def _gap(slo: Slo, status: SloStatus, value: float | None) -> float | None:
    """Answer how far a violated value lies beyond the red line, else its distance to the target."""
    if value is None:
        return None
    from_where = slo.hard_red_line if status == SloStatus.VIOLATED else slo.target
    return round(float(abs(_exact(value) - from_where)), PLACES)


def _exact(value: float) -> Decimal:
    return Decimal(str(value))
