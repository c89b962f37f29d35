"""What people and agents say: reasons for decisions, errors of tools, notes."""

from __future__ import annotations

APPROVE_REASONS = (
    "Evidence is clear, go ahead",
    "同意, 影響範圍可控",
    "Same cause as last week, the remedy held then",
    "OK, I watch the dashboard meanwhile",
    "已確認備援容量足夠, 同意執行",
    "Checked with the owning team",
    "已通知相關團隊, 可以執行",
    "Looks right, the numbers fit",
    "",
)
REJECT_REASONS = (
    "Not during the campaign; the owning team handles it by hand",
    "請先與負責團隊確認影響範圍",
    "Wrong target: that instance is being replaced today",
    "證據不足, 請補充近一小時的指標",
    "A deploy is under way, wait for it to finish",
)
EXTEND_REASONS = (
    "Waiting for the database owner to answer",
    "等待金流窗口回覆, 先延長",
)
CANCEL_REASONS = (
    "Handled by hand on the bridge call",
    "重複的工作, 由另一個 run 處理中",
    "The alert was a test of the new rule",
)
TOOL_ERRORS = (
    ("E-TOOL-TIMEOUT", "no answer within 30 s"),
    ("E-TOOL-UNAVAILABLE", "connection refused by the tool server"),
    ("E-TOOL-RATE-LIMITED", "429 from the upstream API, retry after 20 s"),
)
EXECUTION_ERRORS = (
    "no effect: the metric did not move within 180 s",
    "執行後健康檢查逾時, 指標未恢復",
    "the condition came back right after the repair",
)
ROLLOUT_ERRORS = (
    "rollout did not finish within 300 s: 1 of 3 replicas ready",
    "admission webhook denied the request: quota exceeded",
)
SEND_ERRORS = (
    "Bad Request: chat not found",
    "Forbidden: bot was kicked from the group chat",
    "Forbidden: bot was blocked by the user",
)
PASSING_SEND_ERRORS = (
    "Too Many Requests: retry after 27",
    "Bad Gateway",
    "connect timeout to api.telegram.org after 10 s",
)
QUESTIONS = (
    ("{agent} 昨晚的備份都有成功嗎?", "backup.list", "所有叢集皆有 24 小時內的完整備份"),
    (
        "why is search slower since noon?",
        "prometheus.query",
        "p95 is 210 ms, within its usual band",
    ),
    ("checkout 現在的錯誤率?", "prometheus.query", "checkout-api 5xx 0.04%, 過去一小時無異常"),
    ("which nodes need a reboot for the kernel update?", "kubectl.get", "node-b1 and node-c2"),
    ("pg-main 的連線數還有多少餘裕?", "pg.activity", "目前使用 41%, 尖峰 63%"),
    ("is anything waiting for me?", "knowledge.search", "nothing is assigned to you"),
)
FOLLOW_UPS = (
    "{incident} 後來怎麼處理的?",
    "what was the cause of {incident}?",
    "{incident} 會再發生嗎? 有沒有長期解法",
)
SERVICES = (
    "checkout-api",
    "catalog-api",
    "account-api",
    "web-frontend",
    "search-api",
    "notification-worker",
    "payment-gateway",
    "order-worker",
)
COMMITS = (
    "Cache the price list for a minute",
    "修正退款金額四捨五入",
    "Log the acquirer's reference with each payment",
    "調整搜尋排序權重",
    "Bump the base image",
    "Add an index for the order search",
    "支援電子發票載具",
    "Drop the old shipping client",
)
