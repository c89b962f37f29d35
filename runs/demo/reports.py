"""What the application itself told the operators: a report each morning, now and then an alert."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from runs.demo import alerts, post, rhythm
from runs.demo.chapter import Chapter
from runs.demo.world import World
from runs.models import Approval, ApprovalStatus, Incident, MessageType, Run, RunState

_ALERTS = (
    (27, "AI 治理警報 · knowledge_degradation\n知識庫過期比例 31%, 高於門檻 20%"),
    (21, "AI 治理警報 · execution_blast_radius\n最近 100 次執行失敗率 16%, 高於門檻 15%"),
    (13, "Governance alert · silent_approval\n1 approval waits whose message was never delivered"),
    (9, "Governance alert · trust_drift\n2 playbooks have a trust below 0.2"),
    (4, "AI 治理警報 · llm_hallucination\n最近 100 筆驗證中 11% 失敗, 高於門檻 10%"),
)


def write(world: World, book: Chapter) -> Chapter:
    """Tell of the reports about what a book tells."""
    chapter = Chapter()
    for at in rhythm.daily(world, 8, 0):
        _report(world, chapter, book, at.astimezone(UTC))
    for days_ago, text in _ALERTS:
        at = world.now - timedelta(days=days_ago, minutes=17)
        post.send(world, chapter, at=at, message_type=MessageType.GOVERNANCE_ALERT, text=text)
    for days_ago in (23, 8):
        chapter.add(alerts.refused(world, world.now - timedelta(days=days_ago, hours=5)))
    return chapter


def _report(world: World, chapter: Chapter, book: Chapter, at: datetime) -> None:
    if at > world.now - timedelta(seconds=60):
        return
    since = at - timedelta(hours=24)
    ended = Counter(
        row.disposition
        for row in book.of(Incident)
        if row.resolved_at is not None and since <= row.resolved_at < at
    )
    runs = [row for row in book.of(Run) if since <= row.created_at < at]
    text = "\n".join(
        [
            f"每日自動化報告 {at.astimezone(world.zone):%Y-%m-%d}",
            f"告警 {_opened(book, since, at)} · 執行 {len(runs)} · 失敗 {_failed(runs)}",
            f"自動修復 {ended['auto_repaired']} · 人工核准 {ended['human_approved']} · "
            f"手動 {ended['manual']} · 自行恢復 {ended['cleared']} · "
            f"逾時未處理 {ended['timeout_ignored']}",
            f"待決核准 {_waiting(book, at)} · 成本 US${_cost(runs)}",
        ]
    )
    post.send(world, chapter, at=at, message_type=MessageType.REPORT, text=text)


def _opened(book: Chapter, since: datetime, until: datetime) -> int:
    return sum(since <= row.opened_at < until for row in book.of(Incident))


def _failed(runs: list[Run]) -> int:
    return sum(row.state in (RunState.FAILED, RunState.TIMED_OUT) for row in runs)


def _cost(runs: list[Run]) -> Decimal:
    return sum((row.cost_usd for row in runs), Decimal(0)).quantize(Decimal("0.01"))


def _waiting(book: Chapter, at: datetime) -> int:
    return sum(
        row.requested_at <= at
        and (row.status == ApprovalStatus.PENDING or (row.resolved_at or at) > at)
        for row in book.of(Approval)
    )
