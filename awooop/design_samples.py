"""Sample data of the live page of components: plausible, made up, and touching no table."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from awooop import clock, design_tokens, paging

LONG = "kubernetes.deployments.rollback-with-a-name-that-nobody-would-choose-" + "x" * 120

RUN_STATES = (
    "pending",
    "running",
    "waiting_approval",
    "completed",
    "failed",
    "cancelled",
    "timed_out",
)
REMEDIATION = (
    "mcp_observed",
    "no_evidence",
    "read_only_dry_run",
    "write_observed",
    "blocked",
    "observed",
)
CHAIN = (
    ("Received", "done", 42),
    ("Incident", "done", 42),
    ("Run", "done", 41),
    ("Investigation", "done", 38),
    ("Decision", "waiting", None),
    ("Execution", "missing", None),
    ("Verification", "missing", None),
    ("Learning", "not_needed", None),
)
WORKFLOW = (
    ("Detected", "done"),
    ("Analysed", "done"),
    ("Health check queued", "current"),
    ("Drafts written", "missing"),
    ("Owner's review", "missing"),
    ("Written back", "missing"),
    ("Ratio measured again", "missing"),
)
DIFF = """--- revision 3
+++ revision 4
@@ -8,5 +8,5 @@
 1. Look at the node's memory: `kubectl top node`.
-2. Restart the ingest deployment.
+2. Roll the ingest deployment back to the last revision that was verified.
 3. Wait for the queue to fall below 1,000."""


def _ago(**span: float) -> datetime:
    return clock.now() - timedelta(**span)


def _runs() -> list[dict[str, Any]]:
    agents = (
        "sre-triage",
        "sre-triage",
        "hermes",
        "db-doctor",
        "sre-triage",
        "hermes",
        "db-doctor",
    )
    return [
        {
            "run_id": f"0c9d1f6e-7b6a-4c1e-9d55-{index:012x}",
            "agent_id": agents[index] if index != 5 else LONG,
            "state": state,
            "remediation": REMEDIATION[index % 6],
            "is_shadow": index == 3,
            "cost_usd": (0, 0.0132, 0.4471, 1.25, 12.5, None, 0.0009)[index],
            "step_count": (0, 4, 11, 23, 1204, 2, 7)[index],
            "created_at": _ago(minutes=7 * index**3 + 1),
        }
        for index, state in enumerate(RUN_STATES)
    ]


def _decision(risk: str, number: int, minutes: float, **more: Any) -> dict[str, Any]:
    return {
        "key": f"sample-{number}",
        "risk_level": risk,
        "title": "Roll checkout-api back to revision 41",
        "href": "#decision",
        "agent_id": "sre-triage",
        "requested_at": _ago(minutes=30 - minutes),
        "expires_at": _ago(minutes=-minutes),
        "required_approvals": 1,
        "tool_name": "kubernetes.rollout_undo",
        "arguments": json.dumps(
            {"namespace": "shop", "deployment": "checkout-api", "to_revision": 41}, indent=2
        ),
        "digest": "sha256:7f1c2b9a4c3f0e5d8a6b1c2d3e4f5061728394a5b6c7d8e9f00112233445566",
        "incident_id": "INC-20261121-7QK2",
        "incident_href": "#decision",
        "evidence": [
            {"label": "Playbook", "text": "rollback-after-deploy, trust 0.86 (17 of 19)"},
            {"label": "Dry run", "status": "read_only_dry_run", "text": "3 pods would restart"},
            {"label": "Last verified", "status": "success", "text": "revision 41, 2 days ago"},
            {"label": "Error rate", "text": "7.4 % since the deploy, 0.2 % before"},
        ],
        "presets": [
            "Matches the runbook",
            "Evidence is enough",
            "Wrong target",
            "Wait for the owner",
        ],
        "decide_href": "#decision",
        "extend_href": "#decision",
        **more,
    }


def _timeline() -> list[dict[str, Any]]:
    rows = (
        (
            1500,
            "inbound",
            "Alertmanager: CheckoutErrorsHigh is firing",
            "firing",
            "7.4 % of requests",
        ),
        (1499, "incident", "Incident INC-20261121-7QK2 opened", "open", ""),
        (42, "run", "Run created", "pending", "trigger: alert"),
        (41, "run", "Run started", "running", "worker sre-triage-7f9c"),
        (40, "mcp", "prometheus.query", "success", "rate(http_errors_total[5m])"),
        (39, "mcp", "kubernetes.rollout_undo", "blocked", "gate approval: no token for this run"),
        (38, "remediation", "Dry run of rollback-after-deploy", "dry_run", "3 pods would restart"),
        (37, "outbound", "ACTION REQUIRED: approval asked for", "sent", "to the on-call chat"),
        (12, "approval", "Approved by mei.chen@example.com", "approved", "Matches the runbook"),
        (11, "step", "Deployment rolled back", "success", "41 is live on 3 of 3 pods"),
        (4, "evidence", "Verification timed out", "timeout", LONG),
    )
    return [
        {
            "ts": _ago(minutes=minutes),
            "kind": kind,
            "title": title,
            "status": status,
            "summary": summary,
            "metadata": {"trace_id": "4bf92f3577b34da6", "latency": "340 ms"} if summary else None,
        }
        for minutes, kind, title, status, summary in rows
    ]


def _days(values: tuple[float | None, ...]) -> list[dict[str, Any]]:
    """Label values with the days that end today."""
    return [
        {"label": f"{_ago(days=len(values) - 1 - index):%m-%d}", "value": value}
        for index, value in enumerate(values)
    ]


def _tokens() -> dict[str, Any]:
    """Answer the tokens as they stand in the stylesheet, with the contrast of each pair."""
    sizes = design_tokens.sizes()
    return {
        "colours": [
            {"name": name, "light": light, "dark": dark}
            for name, (light, dark) in design_tokens.colours().items()
        ],
        "contrasts": [
            {"pair": pair, "light": light, "dark": dark}
            for pair in design_tokens.pairs()
            for light, dark in [pair.contrasts()]
        ],
        "type_sizes": [one for one in sizes.items() if one[0].startswith("t-")],
        "spaces": [one for one in sizes.items() if one[0].startswith("s-")],
    }


def _series(**values: tuple[float | None, ...]) -> list[dict[str, Any]]:
    tones = ("ok", "bad", "warn", "idle", "accent")
    return [
        {"label": label.replace("_", " "), "values": row, "tone": tone}
        for (label, row), tone in zip(values.items(), tones, strict=False)
    ]


def _charts() -> dict[str, Any]:
    outcomes = _series(
        approved=(4, 6, 3, 0, 7, 5, 9, 4, 2, 6),
        rejected=(1, 0, 1, 0, 2, 1, 0, 1, 0, 1),
        expired=(0, 1, 0, 0, 0, 2, 0, 0, 1, 0),
        cancelled=(0, 0, 1, 0, 0, 0, 1, 0, 0, 0),
        pending=(0, 0, 0, 0, 0, 0, 0, 0, 1, 3),
    )
    latency = _series(
        half_are_decided_within=(240, 310, 180, None, 420, 260, 200, 330, None, 190),
        nine_of_ten_within=(900, 1500, 700, None, 2600, 1100, 800, 1900, None, 640),
    )
    costs = _series(
        sre_triage=(1.2, 0.8, 2.1, 0, 1.7, 1.1, 0.4, 2.4, 0.9, 1.3),
        hermes=(0.3, 0.2, 0.1, 0, 0.5, 0.4, 0.2, 0.1, 0.3, 0.2),
    )
    labels = [row["label"] for row in _days((0,) * 10)]
    return {"labels": labels, "none": [], "outcomes": outcomes, "latency": latency, "costs": costs}


def context() -> dict[str, Any]:
    """Answer everything that `templates/design.html` shows."""
    items = _runs()
    return {
        **_tokens(),
        "charts": _charts(),
        "run_states": RUN_STATES,
        "remediation_statuses": REMEDIATION,
        "severities": ("critical", "warning", "info"),
        "risks": ("low", "medium", "high", "critical"),
        "approval_statuses": ("pending", "approved", "rejected", "expired", "cancelled"),
        "soft": ("accent", "ok", "warn", "bad"),
        "spark": [0.74, 0.75, 0.78, None, 0.77, 0.8, 0.81, 0.79, 0.83, 0.82, 0.85],
        "events": _days((3, 1, 0, 4, 6, 2, 1, 0, 0, 5, 9, 7, 3, 2, 2, 1, 4, 3, 0, 1, 6, 5, 4, 3)),
        "burn": _days((41, 41, 40, None, 38, 35, 33, 33, 30, 28, 27, 25, 24, 22)),
        "runs": items,
        "page": paging.Page(items, 10_000, False, 1, 50, "next", "previous"),
        "chain": [
            {"label": label, "status": status, "at": None if m is None else _ago(minutes=m)}
            for label, status, m in CHAIN
        ],
        "workflow": [{"label": label, "status": status} for label, status in WORKFLOW],
        "decision_medium": _decision("medium", 1, 22),
        "decision_critical": _decision(
            "critical", 2, 3.4, required_approvals=2, votes=1, evidence=[], extend_href=""
        ),
        "timeline": _timeline(),
        "diff_text": DIFF,
        "moments": {"past": _ago(minutes=3), "older": _ago(days=9), "soon": _ago(minutes=-190)},
        "left": {"plenty": _ago(minutes=-48), "last": _ago(minutes=-2), "over": _ago(minutes=1)},
        "tabs": [
            {"href": "?tab=events", "label": "Events", "active": True, "count": 4},
            {"href": "?tab=queue", "label": "Queue", "count": 12},
            {"href": "?tab=summary", "label": "Summary"},
            {"href": "?tab=slo", "label": "SLOs"},
            {"href": "?tab=drift", "label": "Drift", "count": 0},
        ],
    }
