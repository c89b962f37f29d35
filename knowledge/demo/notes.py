"""References, anti-patterns and playbook notes of the invented company, in two languages."""

from __future__ import annotations

from typing import Any

from knowledge.models import EntryType

_REFERENCE, _ANTI, _PLAYBOOK = (
    EntryType.REFERENCE,
    EntryType.ANTI_PATTERN,
    EntryType.PLAYBOOK_NOTE,
)


def _note(kind: str, category: str, title: str, *lines: str, tags: tuple[str, ...] = ()) -> dict:
    content = "\n".join([f"# {title}", "", *lines, ""])
    return {
        "entry_type": kind,
        "category": category,
        "title": title,
        "content": content,
        "tags": list(tags),
    }


NOTES: tuple[dict[str, Any], ...] = (
    _note(
        _REFERENCE, "on-call", "Who is called for what",
        "- Payments: the owning team answers within five minutes, also at night",
        "- Search and catalogue: office hours; before that, scale out and write it down",
        "- A database is never failed over by one person alone",
        tags=("on-call",),
    ),
    _note(
        _REFERENCE, "on-call", "值班交接清單",
        "1. 看一次待決核准, 沒有人認領的先認領",
        "2. 確認昨晚自動修復失敗的事件都有後續",
        "3. 告知下一班仍在觀察的指標與時間",
        tags=("值班",),
    ),
    _note(
        _ANTI, "kubernetes", "Do not restart a pod to make an alert go away",
        "The restart clears the memory graph that shows the leak. Take a heap profile first:",
        "", "```sh", "kubectl exec deploy/checkout-api -- kill -USR2 1", "```", "",
        "Restart only where customers are affected now.",
        tags=("pods", "memory"),
    ),
    _note(
        _ANTI, "database", "不要在尖峰時段重建索引",
        "`REINDEX` 會鎖住資料表, 結帳會停住。改用 `REINDEX CONCURRENTLY`, 並在離峰執行。",
        "", "上次這樣做時訂單寫入停了十一分鐘。",
        tags=("postgres", "索引"),
    ),
    _note(
        _PLAYBOOK, "database", "When ending idle sessions does not help",
        "If the pool is full again within ten minutes the leak is in the application.",
        "Ask for the connection graph by release; the step up is the release to roll back.",
        tags=("postgres", "pool"),
    ),
    _note(
        _PLAYBOOK, "storage", "磁碟空間不足的處理順序",
        "1. 先清除輪替後的日誌, 通常可回收一成空間",
        "2. 仍高於九成時擴充磁碟區, 不要刪除資料庫的 WAL",
        "3. 記下成長速度, 低於三天就開後續工作",
        tags=("磁碟", "storage"),
    ),
    _note(
        _REFERENCE, "network", "DNS names that must never fail",
        "| name | why |", "|---|---|",
        "| pay.internal | every checkout asks it |",
        "| auth.internal | every login asks it |", "",
        "Their records have a time to live of 30 s; after a change wait one minute.",
        tags=("dns",),
    ),
    _note(
        _ANTI, "network", "Do not fix latency by raising the time-out",
        "A longer time-out moves the queue upstream and takes the gateway with it.",
        "Shed load first, then look for the slow dependency.",
        tags=("latency",),
    ),
    _note(
        _REFERENCE, "delivery", "How a release is rolled back",
        "1. Stop the canary", "2. `deploy rollback <service> --to previous`",
        "3. Watch the error rate for ten minutes", "",
        "Migrations are never rolled back: they expand only.",
        tags=("release",),
    ),
    _note(
        _PLAYBOOK, "delivery", "憑證更新失敗時的人工步驟",
        "ACME 驗證失敗多半是 DNS 未同步。先查 `_acme-challenge` 紀錄, 再手動重試一次。",
        "", "到期前 48 小時仍未更新, 通知網路組。",
        tags=("憑證", "tls"),
    ),
    _note(
        _REFERENCE, "payments", "對帳批次的時間表",
        "- 每日對帳: 01:30 開始, 通常 25 分鐘",
        "- 退款對帳: 02:30 開始", "- 逾時一小時要通知財務窗口",
        tags=("對帳",),
    ),
    _note(
        _ANTI, "payments", "Never replay a payment queue without its ledger",
        "The consumers are idempotent by order, not by message: a replay after a schema change",
        "charged twice. Compare with the ledger first.",
        tags=("queue", "payments"),
    ),
    _note(
        _REFERENCE, "cache", "What may be flushed and what may not",
        "Product pages: yes, at any hour. Sessions: no, everybody is logged out.",
        "Rate limits: no, the next minute is unlimited.",
        tags=("redis",),
    ),
    _note(
        _PLAYBOOK, "cache", "快取命中率下降先看發布",
        "命中率在發布後十分鐘內下降, 多半是鍵的版本改變。等待回暖, 不要清除整個快取。",
        tags=("redis", "快取"),
    ),
    _note(
        _ANTI, "agents", "Do not approve an action whose evidence is older than the alert",
        "The agent may have looked at the calm before the storm. Ask for a fresh reading.",
        tags=("approvals",),
    ),
    _note(
        _REFERENCE, "agents", "代理可以自行執行的動作",
        "唯讀查詢、重新載入設定、擴充一個副本。其他動作一律需要核准。",
        tags=("核准",),
    ),
    _note(
        _PLAYBOOK, "kubernetes", "Nodes that are not ready after an upgrade",
        "Look at the kubelet's certificate first: the rotation and the upgrade share a lock file.",
        "Cordon, delete the lock, restart the kubelet, uncordon.",
        tags=("nodes",),
    ),
    _note(
        _ANTI, "observability", "不要用靜音代替修好規則",
        "靜音到期後同一個告警會在最糟的時間回來。改規則, 並留下原因。",
        tags=("告警",),
    ),
    _note(
        _REFERENCE, "observability", "Which dashboard answers which question",
        "- Is it us or the network? *Edge, errors by region*",
        "- Is it this release? *Errors by version*", "- Will it run out? *Capacity, days left*",
        tags=("dashboards",),
    ),
    _note(
        _PLAYBOOK, "queues", "佇列積壓超過一小時",
        "先看消費者是否存活, 再看單筆處理時間。只有在處理時間正常時才擴充消費者。",
        tags=("佇列",),
    ),
)  # fmt: skip
