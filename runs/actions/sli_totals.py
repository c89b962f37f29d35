"""The running totals from which Prometheus works out the SLIs, raised where the rows are written.

`runs.slis` answers the same questions from the rows themselves; the definitions are one: each
execution is a finished operation, `human_approved` says whether it needed a person, each evidence
with a result is a verification, and a prediction belongs to one of ten bins of its confidence.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal
from typing import Any

from awooop import counters
from awooop.clock import now
from awooop.metrics import counter
from runs.models import Evidence, Execution, VerificationResult

OPERATIONS = "automation_operation_log"
VERIFICATIONS = "post_execution_verification"
PREDICTIONS = "awooop_calibration_predictions"
CONFIDENCE = "awooop_calibration_confidence"
SUCCESSES = "awooop_calibration_successes"
BINS = 10
WINDOW = timedelta(hours=24)
Totals = Counter[tuple[str, tuple[tuple[str, str], ...]]]
_YES_NO = ("false", "true")
_BINNED = ("project_id", "bin")


def declare() -> None:
    """Declare the totals for `/metrics`."""
    counter(
        OPERATIONS,
        "Finished operations (executions of repairs).",
        ("project_id", "success", "human_approved"),
        values={"success": _YES_NO, "human_approved": _YES_NO},
    )
    counter(
        VERIFICATIONS,
        "Verifications of executions, by result.",
        ("project_id", "result"),
        values={"result": tuple(VerificationResult.values)},
    )
    bins = {"bin": tuple(str(number) for number in range(BINS))}
    counter(PREDICTIONS, "Executions with a predicted confidence.", _BINNED, values=bins)
    counter(CONFIDENCE, "Sum of their predicted confidence.", _BINNED, values=bins)
    counter(SUCCESSES, "How many of them were successful.", _BINNED, values=bins)


def bin_of(confidence: Decimal) -> int:
    """Answer the bin of a confidence: 0 for [0, 0.1), … 9 for [0.9, 1]."""
    return min(int(confidence * BINS), BINS - 1)


def note_executions(project_id: str, executions: Iterable[Execution]) -> None:
    """Count executions that were just written; one statement.

    What happened longer ago than the SLIs look back is history being brought in, and is not
    counted: it would pass for the present.
    """
    totals: Totals = Counter()
    for each in _recent(executions, "created_at"):
        needed = {"success": _flag(each.success), "human_approved": _flag(each.human_approved)}
        totals[_key(OPERATIONS, **needed)] += 1
        if each.predicted_confidence is not None:
            number = str(bin_of(each.predicted_confidence))
            totals[_key(PREDICTIONS, bin=number)] += 1
            totals[_key(CONFIDENCE, bin=number)] += each.predicted_confidence
            totals[_key(SUCCESSES, bin=number)] += int(each.success)
    _add(project_id, totals)


def note_evidence(project_id: str, evidence: Iterable[Evidence]) -> None:
    """Count verifications that were just written; one statement. See `note_executions`."""
    totals: Totals = Counter()
    for each in _recent(evidence, "collected_at"):
        if each.verification_result:
            totals[_key(VERIFICATIONS, result=str(each.verification_result))] += 1
    _add(project_id, totals)


def _recent(rows: Iterable[Any], field: str) -> Iterable[Any]:
    since = now() - WINDOW
    return (row for row in rows if getattr(row, field) > since)


def _flag(value: bool) -> str:
    return "true" if value else "false"


def _key(name: str, **labels: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    return name, tuple(labels.items())


def _add(project_id: str, totals: Totals) -> None:
    counters.add_many(
        [
            (name, value, {"project_id": project_id, **dict(labels)})
            for (name, labels), value in totals.items()
            if value
        ]
    )
