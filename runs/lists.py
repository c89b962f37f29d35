"""The lists of this room: their names, their columns, and what of the file each stands for."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from awooop.listing import Column, Listing, register

RUNS = register(
    Listing(
        "runs",
        "runs-list",
        _("Runs"),
        (
            Column("project", _("Project"), ("project_id",)),
            Column("agent", _("Agent"), ("agent_id",)),
            Column("state", _("State"), ("state", "is_shadow", "error_code")),
            Column("remediation", _("Remediation"), ("remediation_status",)),
            Column("incidents", _("Incidents"), ("incident_ids",)),
            Column("steps", _("Steps"), ("step_count", "attempt_count")),
            Column("cost", _("Cost"), ("cost_usd",)),
            Column("created", _("Created"), ("created_at",)),
            Column("worker", _("Worker"), ("worker_id",), is_shown=False),
            Column("started", _("Started"), ("started_at",), is_shown=False),
            Column("ended", _("Ended"), ("completed_at", "timeout_at"), is_shown=False),
        ),
        fixed=("run_id", "trigger_type", "trigger_ref"),
    )
)
INCIDENTS = register(
    Listing(
        "incidents",
        "incidents",
        _("Incidents"),
        (
            Column("severity", _("Severity")),
            Column("status", _("Status")),
            Column("project", _("Project"), ("project_id",)),
            Column("source", _("Source")),
            Column("recurred", _("Recurred"), ("recurrence_count",)),
            Column("opened", _("Opened"), ("opened_at",)),
            Column("seen", _("Last seen"), ("last_seen_at",)),
            Column("resolved", _("Resolved"), ("resolved_at", "resolution_type", "disposition")),
        ),
        fixed=("incident_id", "title"),
    )
)
CALLS = register(
    Listing(
        "gateway",
        "gateway",
        _("Gateway"),
        (
            Column("agent", _("Agent"), ("agent_id",)),
            Column("project", _("Project"), ("project_id",)),
            Column("verdict", _("Verdict"), ("result_status",)),
            Column("refused", _("Refused by"), ("block_gate", "block_reason")),
            Column("scope", _("Scope"), ("required_scope",)),
            Column("run", _("Run"), ("run_id",)),
            Column("took", _("Took"), ("latency_ms",)),
            Column("when", _("When"), ("created_at",)),
        ),
        fixed=("call_id", "tool_name", "by_gateway"),
    )
)
EVENTS = register(
    Listing(
        "channel-events",
        "channel-events",
        _("Channel events"),
        (
            Column("project", _("Project"), ("project_id",)),
            Column("said", _("What it said"), ("content_preview",)),
            Column("provider", _("Provider's id"), ("provider_event_id",)),
            Column("chat", _("Chat"), ("channel_chat_id",)),
            Column("run", _("Run"), ("run_id",)),
            Column("received", _("Received"), ("received_at",)),
        ),
        fixed=("event_id", "channel_type", "is_duplicate", "is_refused"),
    )
)
CALLBACKS = register(
    Listing(
        "callbacks",
        "callbacks",
        _("Callback replies"),
        (
            Column("project", _("Project"), ("project_id",)),
            Column("delivery", _("Delivery"), ("status",)),
            Column("incident", _("Incident"), ("incident_id",)),
            Column("run", _("Run"), ("run_id",)),
            Column("review", _("Owner review"), ("owner_review",)),
            Column("item", _("Work item"), ("work_item_id",)),
            Column("when", _("When"), ("event_at",)),
        ),
        fixed=("message_id", "action", "content_preview"),
    )
)
OUTBOX = register(
    Listing(
        "outbox",
        "outbox",
        _("Outbox"),
        (
            Column("project", _("Project"), ("project_id",)),
            Column("to", _("To"), ("channel_type", "recipient")),
            Column("delivery", _("Delivery"), ("send_status", "send_error", "fallback_sent_at")),
            Column("attempts", _("Attempts"), ("attempt_count", "unknown_attempts")),
            Column("next", _("Next attempt"), ("next_attempt_at",)),
            Column("run", _("Run"), ("run_id",)),
            Column("queued", _("Queued"), ("queued_at",)),
        ),
        fixed=("message_id", "message_type", "content_preview"),
    )
)
# A card is shown whole: nothing that a decision needs can be left out of it.
INBOX = register(Listing("approvals", "approvals", _("Approvals: waiting")))
APPROVALS = register(
    Listing(
        "approvals-history",
        "approvals",
        _("Approvals: history"),
        (
            Column("outcome", _("Outcome"), ("outcome", "resolved_at")),
            Column("project", _("Project"), ("project_id",)),
            Column("risk", _("Risk"), ("risk_level", "required_approvals")),
            Column("who", _("Who and why"), ("approved_by", "rejected_by", "reasons")),
            Column("agent", _("Agent"), ("agent_id", "run_id")),
            Column("incident", _("Incident"), ("incident_id",)),
            Column("waited", _("Waited"), ("waited_s",)),
            Column("asked", _("Asked"), ("created_at",)),
        ),
        fixed=("approval_id", "tool_name", "suggested_action"),
        query={"tab": "history"},
    )
)
REMEDIATION = register(
    Listing(
        "remediation-queue",
        "remediation-queue",
        _("Repairs that did not help"),
        (
            Column("project", _("Project"), ("project_id",)),
            Column("verification", _("Verification"), ("verification_result",)),
            Column("action", _("Action"), ("action", "ready_for_ai")),
            Column("playbook", _("Playbook"), ("playbook", "trust_score")),
            Column("attempts", _("Attempts")),
            Column("verified", _("Verified"), ("collected_at",)),
        ),
        fixed=("work_item_id", "incident_id", "incident_title"),
    )
)
