"""What a self-check would have measured at a moment of the month, by the same definitions."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from runs.actions.sli_totals import BINS
from runs.demo.chapter import Chapter
from runs.demo.world import World
from runs.models import Approval, Evidence, Execution, PlaybookStatus, SendStatus

WINDOW = 100
_DAY = timedelta(hours=24)
_SILENT = timedelta(minutes=15)
ENTRIES = 240
# Days ago, and the share of stale knowledge from then on.
_STALE = ((30, 0.17), (27.1, 0.31), (24, 0.27), (21, 0.22), (19.6, 0.12), (12, 0.18), (7.2, 0.23))
_STALE_LATELY = ((5.8, 0.14), (1.6, 0.24), (0.8, 0.26))


@dataclass
class Measures:
    """The record of the month, to be asked how things stood at a moment."""

    world: World
    executions: list[Execution]
    evidence: list[Evidence]
    approvals: list[Approval]

    @classmethod
    def of(cls, world: World, book: Chapter) -> Measures:
        """Take the record out of a book."""
        verified = [row for row in book.of(Evidence) if row.verification_result]
        return cls(
            world,
            sorted(book.of(Execution), key=lambda row: row.created_at),
            sorted(verified, key=lambda row: row.collected_at),
            book.of(Approval),
        )

    def drifted(self, at: datetime) -> dict[str, float]:
        """Answer the playbooks in use whose trust was below 0.2, with it."""
        record: dict[str, list[bool]] = defaultdict(list)
        for row in self._executed(at):
            if row.playbook and row.playbook.status == PlaybookStatus.APPROVED:
                record[row.playbook.name].append(row.success)
        trust = {name: (sum(ends) + 1) / (len(ends) + 2) for name, ends in record.items()}
        return {name: round(one, 3) for name, one in sorted(trust.items()) if one < 0.2}

    def stale(self, at: datetime) -> dict[str, Any]:
        """Answer the invented share of stale knowledge."""
        days_ago = (self.world.now - at) / timedelta(days=1)
        ratio = [share for since, share in (*_STALE, *_STALE_LATELY) if days_ago <= since][-1]
        stale = round(ENTRIES * ratio)
        return {"total": ENTRIES, "stale": stale, "ratio": round(stale / ENTRIES, 3)}

    def verifications(self, at: datetime) -> dict[str, Any]:
        """Answer how the latest verifications ended."""
        ends = [row.verification_result for row in self.evidence if row.collected_at <= at]
        return _rate([end != "failed" for end in ends[-WINDOW:]])

    def outcomes(self, at: datetime) -> dict[str, Any]:
        """Answer how the latest executions ended, and the playbooks that failed most."""
        latest = self._executed(at)[-WINDOW:]
        failures = Counter(row.playbook.name for row in latest if row.playbook and not row.success)
        worst = [name for name, _ in sorted(failures.items(), key=lambda one: (-one[1], one[0]))]
        return {**_rate([row.success for row in latest]), "worst": worst[:3]}

    def approvals_at(self, at: datetime) -> dict[str, int]:
        """Answer how many approvals waited, and of how many late ones nobody was told."""
        pending = [
            row
            for row in self.approvals
            if row.requested_at <= at and (row.resolved_at is None or row.resolved_at > at)
        ]
        late = [row for row in pending if row.requested_at < at - _SILENT]
        undelivered = sum(not _is_delivered(row, at) for row in late)
        return {"pending": len(pending), "undelivered": undelivered, "unanalysed": 0}

    def readings(self, at: datetime, number: int) -> dict[str, float | None]:
        """Answer the SLIs of the day before; None where there was nothing to measure."""
        done = [row for row in self._executed(at) if row.created_at > at - _DAY]
        verified = [row for row in self.evidence if at - _DAY < row.collected_at <= at]
        days_ago = (self.world.now - at) / timedelta(days=1)
        return {
            "autonomy_rate": _share(not row.human_approved for row in done),
            "decision_accuracy": _share(row.verification_result == "success" for row in verified),
            "confidence_calibration": _calibration(done),
            "km_growth_rate": 3.0 if 10 < days_ago < 12.5 else 13.0 + (number * number * 7) % 23,
            # Measured since the summary was switched on.
            "truth_chain_quality_summary_latency": None
            if days_ago > 18
            else round(0.31 + ((number * 13) % 40) / 100, 3),
        }

    def _executed(self, at: datetime) -> list[Execution]:
        return [row for row in self.executions if row.created_at <= at]


def _is_delivered(approval: Approval, at: datetime) -> bool:
    message = approval.notification
    return message is not None and message.send_status == SendStatus.SENT and message.sent_at <= at


def _rate(good: Sequence[bool]) -> dict[str, Any]:
    failed = len(good) - sum(good)
    rate = round(failed / len(good), 3) if good else 0.0
    return {"total": len(good), "failed": failed, "rate": rate}


def _share(good: Iterable[bool]) -> float | None:
    found = list(good)
    return sum(found) / len(found) if found else None


def _calibration(done: Sequence[Execution]) -> float | None:
    bins: dict[int, list[tuple[float, bool]]] = defaultdict(list)
    for row in done:
        if row.predicted_confidence is not None:
            confidence = float(row.predicted_confidence)
            bins[min(int(confidence * BINS), BINS - 1)].append((confidence, row.success))
    count = sum(map(len, bins.values()))
    if not count:
        return None
    apart = (abs(sum(s for _, s in some) - sum(c for c, _ in some)) for some in bins.values())
    return 1 - sum(apart) / count
