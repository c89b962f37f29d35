"""Data that is hard to show, sent as an integration sends it: by the API, as long as it allows."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.request import Request, urlopen

INCIDENT = "INC-20261121-" + "X9" * 9
LONG = "a-name-without-any-place-to-break-it-" + "x" * 400
CHINESE = "資料庫連線數已達上限，請立即檢查應用程式的連線池設定；" * 40
ARABIC = "انتهت مهلة الاتصال بقاعدة البيانات 42 مرة على المضيف db-1؛ "
HEBREW = "החיבור למסד הנתונים נכשל (timeout=30s) "
EMOJI = "🔥🧑‍🚒🚨👩🏽‍💻 "
MARKUP = (
    "<script>alert(1)</script> {{ 7*7 }} %s \"quotes\" 'apostrophes' & <b>bold</b> "
    "\u202egnirts\u202c "
)
WORDS = "Deployment payments-api rolled back because p99 latency stayed above 2,400 ms for 15 min. "
TRACE = "".join(
    f'  File "/srv/app/services/module_{n}/handlers.py", line {n * 37}, in handle_request_{n}\n'
    f"    raise ConnectionError('{'very-' * 12}long reason {n}')\n"
    for n in range(50)
)
TEXTS = (LONG, CHINESE, ARABIC * 8, HEBREW * 8, EMOJI * 20, MARKUP * 4, WORDS * 30, TRACE)
Post = Callable[[str, Any], Any]


def write(base_url: str, key: str) -> None:
    """Fill the key's project: an incident, runs of each state, and all their evidence."""
    post = _poster(base_url, key)
    post("/platform/incidents", [_incident(n, text) for n, text in enumerate(TEXTS)])
    _about_the_incident(post)
    for number, text in enumerate(TEXTS):
        _waiting(post, number, text)
        _ended(post, number, text)
    post("/platform/channel-events", [_event(n, text) for n, text in enumerate(TEXTS)])
    _queued(post, LONG[:128])
    _stopped(post)


def _poster(base_url: str, key: str) -> Post:
    def post(path: str, body: Any) -> Any:
        headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        request = Request(f"{base_url}/api/v1{path}", json.dumps(body).encode(), headers)
        with urlopen(request, timeout=30) as answer:
            return json.load(answer)

    return post


def _incident(number: int, text: str) -> dict[str, Any]:
    return {
        "incident_id": f"{INCIDENT[:-1]}{number}",
        "title": text.strip()[:255],
        "severity": ("critical", "warning", "info")[number % 3],
        "source": LONG[:64],
        "labels": {LONG[:80]: text[:200], "alertname": "DiskFull"},
        "annotations": {"summary": text[:2000], "runbook_url": f"https://example.org/{LONG[:250]}"},
        "recurrence_count": 2_000_000_000,
    }


def _about_the_incident(post: Post) -> None:
    path = f"/platform/incidents/{INCIDENT[:-1]}0"
    rows = [
        {
            "work_item_id": LONG[:128], "mode": "dry_run", "agent_id": LONG[:128],
            "tool_name": LONG[:128], "required_scope": "read", "allowed": number % 2 == 0,
            "success": None, "verification_result_preview": text[:500],
        }
        for number, text in enumerate(TEXTS)
    ]  # fmt: skip
    post(f"{path}/remediations", rows)
    post(f"{path}/executions", [{"success": False, "error_message": t[:2000]} for t in TEXTS])
    snapshot = {LONG[:80]: {"nested": {"deeper": [1, 2, {"text": CHINESE[:300]}]}}, "n": None}
    post(f"{path}/evidence", {"verification_result": "degraded", "snapshot": snapshot})
    legacy = {
        "mcp_server": LONG[:128], "tool_name": LONG[:128], "agent_role": LONG[:128],
        "incident_id": f"{INCIDENT[:-1]}0", "success": False, "error_message": TRACE[:2000],
        "duration_ms": 2_147_483_647,
    }  # fmt: skip
    post("/platform/mcp/legacy-records", legacy)


def _queued(post: Post, agent: str, **more: Any) -> str:
    return post("/platform/runs", {"agent_id": agent, **more})["run_id"]


def _claimed(post: Post, agent: str, **more: Any) -> str:
    _queued(post, agent, **more)
    return post("/platform/runs/claim", {"agent_id": agent, "worker_id": LONG[:128]})["run_id"]


def _waiting(post: Post, number: int, text: str) -> None:
    run = _claimed(
        post, f"waiting-{number}-{LONG}"[:128], trigger_ref=f"{INCIDENT[:-1]}0 {LONG}"[:255]
    )
    _journal(post, run, text)
    asked = {
        "tool_name": f"{number}.{LONG}"[:128],
        "suggested_action": text[:4000],
        "risk_level": ("low", "medium", "high", "critical")[number % 4],
        "incident_id": f"{INCIDENT[:-1]}0",
        "expires_in_s": (60, 600, 7200, 30 * 86_400)[number % 4],
        "required_approvals": 1 + number % 3,
        "arguments": {LONG[:100]: text[:1000], "list": list(range(40)), "null": None},
    }
    post(f"/platform/runs/{run}/approval-requests", asked)


def _ended(post: Post, number: int, text: str) -> None:
    run = _claimed(post, f"ended-{number}-{LONG}"[:128], trigger_ref=f"{INCIDENT[:-1]}0")
    _journal(post, run, text)
    state = ("failed", "completed")[number % 2]
    ended = {"state": state, "cost_usd": 999_999.123456}
    if state == "failed":
        ended |= {"error_code": f"E-{LONG}"[:64], "error_detail": (text * 20)[:10_000]}
    post(f"/platform/runs/{run}/transition", ended)


def _journal(post: Post, run: str, text: str) -> None:
    steps = [
        {
            "step_seq": 999_000_000 + n, "tool_name": LONG[:128], "result_status": LONG[:32],
            "summary": some[:500], "was_blocked": n % 3 == 0, "block_reason": some[:500],
            "error_code": LONG[:64], "latency_ms": 2_147_483_647,
        }
        for n, some in enumerate((text, *TEXTS[:4]))
    ]  # fmt: skip
    post(f"/platform/runs/{run}/steps", steps)
    call = {
        "tool_name": LONG[:128], "result_status": "blocked", "block_gate": LONG[:32],
        "block_reason": text[:500], "gate_result": {LONG[:60]: [text[:200]]},
        "latency_ms": 9_999_999,
    }  # fmt: skip
    post(f"/platform/runs/{run}/mcp-calls", call)
    message = {
        "channel_type": LONG[:32], "message_type": "error", "recipient": LONG[:255],
        "content": text[:4000], "send_status": "dead", "send_error": text[:500],
    }  # fmt: skip
    post(f"/platform/runs/{run}/messages", message)


def _stopped(post: Post) -> None:
    for number, text in enumerate(TEXTS):
        target = {"tool_name": f"{number}.{LONG}"[:128], "reason": text[:500]}
        stop_id = post("/platform/stops", target)["stop_id"]
        if number % 2:
            post(f"/platform/stops/{stop_id}/lift", {"reason": text[:500]})


def _event(number: int, text: str) -> dict[str, Any]:
    return {
        "channel_type": LONG[:32],
        "provider_event_id": f"{number}-{LONG}"[:255],
        "channel_chat_id": ("-9223372036854775808", LONG[:128])[number % 2],
        "content": text[:20_000],
    }
