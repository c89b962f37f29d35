"""What the walks know of each address: one line for each.

A new URL or operation that has no line here fails `test_the_tables.py`, which says what to add.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from awooop import callers, tenancy
from awooop.actions import contracts
from awooop.two_phase import Plan
from tests.runs.api.writes import cases
from tests.walks.lines import ANY_KEY, FREE, OPEN, SECRET, STAFF, SUPERUSER, Admin, Op, Page
from tests.walks.world import World

__all__ = ["ANY_KEY", "FREE", "OPEN", "SECRET", "STAFF", "SUPERUSER", "Admin", "Op", "Page"]

_EDITED = {"title": "Disk full", "entry_type": "runbook", "status": "draft", "version": "1"}


_REVIEWED = 4  # which entry is stale and in review
_REVIEW_FILTERS = (
    *("project_id", "status_bucket", "priority_tiers", "recommended_completion_outcome"),
    *("batch_governance_event_id", "limit"),
)


def _batch(world: World) -> dict[str, Any]:
    """The form of a batch of stale entries."""
    return {"project_id": world.project_id, "priority_tiers": "P2", "limit": "5", "owner": "kim"}


def _duplicates(world: World) -> dict[str, Any]:
    """The form that archives a review draft for another."""
    drafts = [world.one("knowledge.knowledgeentry", index).pk for index in (3, 5)]
    return {"canonical_entry_id": drafts[0], "duplicate_entry_ids": drafts[1], "owner": "kim"}


def _entry(world: World) -> dict[str, Any]:
    """The form of a knowledge entry."""
    return {**_EDITED, "project_id": world.project_id}


def _signing_in(world: World) -> dict[str, Any]:
    """What signs an operator in."""
    return {"username": world.people["operator"].email, "password": "a long enough password"}


def _call(world: World) -> dict[str, Any]:
    """A call that the run which `w1` holds asks about."""
    run = world.one("runs.run", 1)
    return {"run_id": str(run.run_id), "agent_id": run.agent_id,
            "tool_name": "kubectl.get", "required_scope": "read"}  # fmt: skip


def _chosen(world: World) -> dict[str, Any]:
    """The body that previews a batch of one."""
    approval = world.one("runs.approval")
    return {
        "items": [{"approval_id": str(approval.pk), "digest": approval.digest}],
        "decision": "reject",
    }


def _chosen_on_the_page(world: World) -> dict[str, Any]:
    """The form that previews a batch of one."""
    approval = world.one("runs.approval")
    return {"items": f"{approval.pk}:{approval.digest}", "decision": "reject"}


def _planned(status: str) -> Callable[[World], dict[str, Any]]:
    """The form that confirms what was previewed of the first contract."""

    def form(world: World) -> dict[str, Any]:
        revision = world.one("awooop.contractrevision")
        by = callers.system("tests", [world.project_id])
        with tenancy.scope([world.project_id]):
            plan = contracts.plan(by=by, revision=revision, status=status)
        return {"fingerprint": plan.fingerprint}

    return form


def _stop(world: World) -> dict[str, Any]:
    """The form that confirms the stop of a tool, as previewed."""
    typed = {"project_id": world.project_id, "agent_id": "", "tool_name": "pg.drop"}
    plan = Plan("stop.place", {**typed, "reason": "Too bold"}, {})
    form = {"project_id": world.project_id, "what": "tool", "name": "pg.drop"}
    return {**form, "reason": "Too bold", "fingerprint": plan.fingerprint}


def _like(name: str, **rows: int) -> Op:
    """An operation whose body the table of the runs' writes has."""
    case = cases.ALL[name]
    return Op(case.scope, case.body, case.status, rows)


_HELD, _WORKED, _DEAD = {"run_id": 1}, {"dispatch_id": 1}, {"message_id": 1}
_STOPPED = {"stop_id": 1}
_PAGED = ("project_id", "page", "per_page", "cursor")

_NOBODY = UUID(int=9)
_HOOK = {"name": "pager", "url": "https://pager.example.org/in", "kinds": "incident.opened"}

OPERATIONS: dict[str, Op] = {
    # the kernel
    "GET /platform/tenants": Op(),
    "GET /platform/contracts": Op(),
    "GET /platform/insights": Op(),
    # the kill switch
    "GET /platform/stops": Op(),
    "POST /platform/stops": Op("govern", {"tool_name": "pg.drop", "reason": "Too bold"}, 201),
    "POST /platform/stops/{stop_id}/lift": Op("govern", {"reason": "Mended"}, rows=_STOPPED),
    "GET /platform/audit/anchors": Op(),
    "POST /platform/audit/exports": Op(
        "govern", {"since": "2020-01-01T00:00:00Z", "until": "2100-01-01T00:00:00Z"}
    ),
    # keys
    "POST /platform/api-key/rotate": Op(ANY_KEY, {"overlap_hours": 1}, 201),
    # outbound webhooks
    "GET /platform/webhook-subscriptions": Op(),
    "POST /platform/webhook-subscriptions": Op(
        "govern",
        {"name": "pager", "url": "https://pager.example.org/in", "kinds": ["incident.opened"]},
        201,
    ),
    "PATCH /platform/webhook-subscriptions/{subscription_id}": Op("govern", {"name": "siren"}),
    "DELETE /platform/webhook-subscriptions/{subscription_id}": Op("govern", status=204),
    "POST /platform/webhook-subscriptions/{subscription_id}/rotate-secret": Op("govern"),
    "POST /platform/webhook-subscriptions/{subscription_id}/test": Op("govern", status=202),
    "GET /platform/webhook-deliveries": Op(),
    "POST /platform/webhook-deliveries/{delivery_id}/redeliver": Op("govern", status=202),
    # runs
    "GET /platform/runs": Op(),
    "GET /platform/runs/{run_id}": Op(),
    "POST /platform/runs": _like("runs"),
    "POST /platform/runs/claim": _like("claim"),
    "POST /platform/runs/{run_id}/heartbeat": _like("heartbeat", **_HELD),
    "POST /platform/runs/{run_id}/transition": _like("transition", **_HELD),
    "POST /platform/runs/{run_id}/cancel": _like("cancel"),
    "POST /platform/runs/{run_id}/approval-requests": _like("approval-requests", **_HELD),
    "POST /platform/runs/{run_id}/approval-token": Op("ingest", {"worker_id": "w1"}, 200, _HELD),
    "POST /platform/runs/{run_id}/steps": Op(
        "ingest", {"step_seq": 7, "tool_name": "kubectl.get"}, 201, _HELD
    ),
    "POST /platform/runs/{run_id}/mcp-calls": _like("mcp-calls", **_HELD),
    "POST /platform/runs/{run_id}/messages": _like("messages", **_HELD),
    "POST /platform/mcp/legacy-records": _like("legacy-records"),
    # the gateway
    "POST /platform/mcp/authorize": Op("ingest", _call),
    "POST /platform/mcp/calls/{call_id}/result": Op(
        "ingest", {"outcome": "success"}, rows={"call_id": 1}
    ),
    # notes
    "GET /platform/runs/{run_id}/notes": Op(),
    "POST /platform/runs/{run_id}/notes": Op("ingest", {"body": "Seen to"}, 201),
    "GET /platform/incidents/{incident_id}/notes": Op(),
    "POST /platform/incidents/{incident_id}/notes": Op("ingest", {"body": "Seen to"}, 201),
    "GET /ai/governance/events/{governance_event_id}/notes": Op(),
    "POST /ai/governance/events/{governance_event_id}/notes": Op(
        "ingest", {"body": "Seen to"}, 201
    ),
    # approvals
    "GET /platform/approvals": Op(),
    "GET /platform/approvals/history": Op(),
    "POST /platform/approvals/{run_id}/decide": _like("decide"),
    "POST /platform/approvals/{approval_id}/extend": _like("extend", approval_id=3),
    "POST /platform/approvals/batch-decide": Op("decide", _chosen),
    "POST /platform/approvals/tokens/redeem": Op(
        "ingest", {"token": "not-a-token", "tool_name": "t"}, 409
    ),
    # incidents
    "GET /platform/incidents": Op(),
    "GET /platform/incidents/{incident_id}": Op(),
    "GET /platform/truth-chain/{incident_id}": Op(),
    "GET /platform/truth-chain/quality/summary": Op(),
    "POST /platform/incidents": _like("incidents"),
    "POST /platform/incidents/{incident_id}/bundle": Op("govern"),
    "POST /platform/incidents/{incident_id}/executions": _like("executions"),
    "POST /platform/incidents/{incident_id}/evidence": _like("evidence"),
    "POST /platform/incidents/{incident_id}/remediations": _like("remediations"),
    "POST /platform/incidents/{incident_id}/resolve": _like("resolve"),
    # channels
    "GET /platform/channel-events": Op(),
    "POST /platform/channel-events": _like("channel-events"),
    "POST /webhooks/alertmanager": Op(
        "ingest", {"alerts": [{"labels": {"alertname": "DiskFull"}}]}, 202
    ),
    "POST /webhooks/telegram": Op(SECRET, {"update_id": 1}, 403),
    "GET /platform/runs/callback-replies": Op(),
    "GET /platform/outbox": Op(),
    "POST /platform/messages/{message_id}/retry": Op("govern", rows=_DEAD),
    # governance
    "GET /ai/slo": Op(),
    "GET /ai/slo/remediation/history": Op(),
    "POST /ai/slo/remediation/{work_item_id}/dry-run": Op("govern"),
    "GET /ai/governance/events": Op(),
    "GET /ai/governance/queue": Op(),
    "GET /ai/governance/summary": Op(),
    "GET /platform/work-items": Op(),
    "POST /ai/governance/events/{governance_event_id}/resolve": Op("govern", {"note": "Seen to"}),
    "POST /ai/governance/queue/{dispatch_id}/start": Op("govern", {"note": ""}),
    "POST /ai/governance/queue/{dispatch_id}/skip": Op("govern", {"note": ""}),
    "POST /ai/governance/queue/{dispatch_id}/cancel": Op("govern", {"note": ""}),
    "POST /ai/governance/queue/{dispatch_id}/complete": Op("govern", {"note": ""}, rows=_WORKED),
    "POST /ai/governance/queue/{dispatch_id}/fail": Op("govern", {"note": ""}, rows=_WORKED),
    "POST /ai/governance/self-check": Op("govern", {"alert": False}),
    "GET /drift/fingerprints/state": Op(),
    "POST /drift/reports": Op(
        "ingest", {"namespace": "shop", "items": [{"resource": "api", "kind": "D", "diff": {}}]}
    ),
    "POST /drift/fingerprints/{drift_id}/adopt": Op("govern", {"note": "So be it"}),
    "POST /drift/fingerprints/{drift_id}/handoff": Op("govern", {"owner": "platform"}),
    "POST /drift/fingerprints/{drift_id}/resolve": Op("govern", {"note": "Mended"}),
    # knowledge
    "GET /knowledge/entries": Op(),
    "POST /knowledge/entries": Op("govern", {"title": "Disk full"}, 201),
    "GET /knowledge/entries/{entry_id}": Op(),
    "PATCH /knowledge/entries/{entry_id}": Op("govern", {"title": "Disk full", "version": 1}),
    # owner reviews: the world's entries are fresh and in no review
    "GET /knowledge/stale-candidates": Op(),
    "GET /knowledge/stale-owner-reviews/inbox": Op(),
    "GET /knowledge/stale-owner-reviews/completion-queue": Op(),
    "GET /knowledge/stale-owner-reviews/burn-down": Op(),
    "GET /knowledge/review-drafts/dedupe": Op(),
    "POST /knowledge/entries/{entry_id}/stale-owner-review": Op("govern", {"owner": "kim"}, 409),
    "POST /knowledge/entries/{entry_id}/stale-owner-review/complete": Op(
        "govern", {"review_outcome": "archive", "owner_note": "It is gone"}, 409
    ),
    "POST /knowledge/stale-owner-reviews/batch": Op("govern", {"owner": "kim"}),
    "POST /knowledge/stale-owner-reviews/completion-queue/batch-preview": Op("govern", {}),
    "POST /knowledge/review-drafts/{governance_event_id}/archive": Op(
        "govern",
        lambda world: {
            "canonical_entry_id": str(_NOBODY),
            "duplicate_entry_ids": [str(_NOBODY)],
            "owner": "kim",
        },
        422,
    ),
}

PAGES: dict[str, Page] = {
    # machines
    "healthz": Page(OPEN, is_pulse=True),
    "readyz": Page(OPEN, is_pulse=True),
    "metrics": Page(OPEN, is_pulse=True),
    # who one is
    "login": Page(OPEN, act=OPEN, form=_signing_in),
    "login-second-factor": Page(None),
    "sso": Page(None),
    "sso-callback": Page(None),
    "logout": Page(None, act="read"),
    "set-language": Page(None, act=OPEN, form={"language": "zh-hant", "next": "/"}),
    "confirm": Page(act="read", form={"confirm_with": "a long enough password"}),
    "profile": Page(act="read", form={"language": "en", "time_zone": "Asia/Taipei"}),
    "profile-telegram-code": Page(None, act="read"),
    "profile-telegram-unlink": Page(None, act="read"),
    "profile-password": Page(
        act="read",
        form={
            "old_password": "a long enough password",
            "new_password1": "another long password",
            "new_password2": "another long password",
        },
    ),
    "second-factor": Page(),
    "second-factor-app": Page(),
    "second-factor-app-remove": Page(None, act="read"),
    "second-factor-key": Page(),
    # One's own only, and the world's people have none: tests/awooop/identity.
    "second-factor-key-remove": Page(None),
    "second-factor-recovery": Page(None, act="read"),
    "profile-session-end": Page(None),
    "profile-sessions-end": Page(None, act="read"),
    # the kernel
    "tenants": Page(filters=("format", "columns", "active")),
    "audit": Page(
        "audit.read",
        filters=(
            *("project_id", "page", "per_page", "cursor", "actor", "action", "object", "since"),
            *("until", "seq", "format", "columns"),
        ),
    ),
    "find": Page(filters=("project_id", "q")),
    "saved-views": Page(act="read", form={"page": "runs", "name": "Mine", "query": "state=failed"}),
    # One's own only, and the world's are of no list: tests/awooop/listing.
    "saved-view-change": Page(None),
    "saved-view-delete": Page(None, act="read"),
    "saved-view-restore": Page(None, act="read"),
    "saved-view-default": Page(None, act="read"),
    "list-columns": Page(None, act="read", form={"page": "runs", "columns": "state"}),
    "note": Page(),
    # only its author changes a note, whatever the role: tests/awooop/notes
    "note-edit": Page("note.write", form={"body": "Seen", "version": "1"}),
    "note-strike": Page(None, act="note.write"),
    "note-restore": Page(None, act="note.write"),
    "contracts": Page(filters=("project_id", "lifecycle_status", "format", "columns")),
    "contract": Page(),
    "contract-new": Page(
        "contract.edit",
        act="contract.edit",
        form=lambda world: {
            "project_id": world.project_id,
            "contract_id": "new-agent",
            "family": "agent",
            "version_major": "1",
            "version_minor": "0",
            "body": '{"tools": {}}',
        },
    ),
    "contract-edit": Page("contract.edit", act="contract.edit", form={"body": '{"tools": {}}'}),
    "contract-activate": Page("contract.edit", act="contract.edit", form=_planned("active")),
    "contract-retire": Page("contract.edit", act="contract.edit", form=_planned("retired")),
    "webhooks": Page(
        "webhook.edit",
        filters=("project_id", "state", "format", "columns"),
        act="webhook.edit",
        form=lambda world: {"project_id": world.project_id, **_HOOK},
    ),
    "webhook": Page("webhook.edit", filters=("page", "cursor"), act="webhook.edit", form=_HOOK),
    "webhook-rotate": Page(None, act="webhook.edit"),
    "webhook-switch": Page(None, act="webhook.edit", form={"to": "off"}),
    "webhook-delete": Page(
        None,
        act="webhook.edit",
        form=lambda world: {"name": world.one("awooop.webhooksubscription").name},
    ),
    "webhook-test": Page(None, act="webhook.edit"),
    "webhook-redeliver": Page(None, act="webhook.edit"),
    "audit-keys": Page(OPEN),
    "audit-proof": Page(filters=("project_id",)),
    "audit-export": Page(
        filters=("project_id",),
        act="audit.export",
        form=lambda world: {
            "project_id": world.project_id,
            "since": "2020-01-01",
            "until": "2100-01-01",
        },
    ),
    "design": Page(STAFF),
    "insights": Page(
        filters=("project_id", "days", "since", "until", "chart", "format", "numbers")
    ),
    "stops": Page(filters=("project_id", "scope", "format", "columns")),
    "stop": Page(),
    "stop-new": Page("stop.place", act="stop.place", form=_stop),
    "stop-lift": Page("stop.lift", act="stop.lift", form={"reason": "Mended"}, rows=_STOPPED),
    # runs
    "home": Page(filters=("project_id",)),
    "runs-list": Page(
        filters=(
            *_PAGED,
            "state",
            "agent_id",
            "remediation_status",
            "incident_id",
            "q",
            "format",
            "columns",
        )
    ),
    "run-detail": Page(
        filters=("tab", "kind", "from", "cursor"),
        tabs=("timeline", "steps", "gateway", "legacy", "remediation", "inbound", "outbound"),
    ),
    "run-cancel": Page("run.cancel", act="run.cancel", form={"reason": "No longer needed"}),
    "run-notes": Page(act="note.write", form={"body": "Seen to"}),
    "incident-notes": Page(act="note.write", form={"body": "Seen to"}),
    "governance-event-notes": Page(act="note.write", form={"body": "Seen to"}),
    "gateway": Page(
        filters=(
            *("project_id", "page", "cursor"),
            *("agent_id", "tool_name", "result_status", "block_gate", "format", "columns"),
        )
    ),
    "gateway-call": Page(),
    "channel-events": Page(
        filters=("project_id", "page", "cursor", "channel_type", "provider_prefix", "columns")
    ),
    "approvals": Page(
        filters=(*_PAGED, "risk_level", "remediation_status", "since", "approval_id", "tab"),
        tabs=("waiting", "history"),
    ),
    "approval-batch": Page(act="approval.decide", form=_chosen_on_the_page),
    "approval-decide": Page(
        act="approval.decide",
        form={"decision": "reject", "reason": "Too risky"},
        query=lambda world: {"digest": world.one("runs.approval").digest},
    ),
    "approval-extend": Page(
        "approval.extend",
        act="approval.extend",
        form={"minutes": "30", "reason": "On the way"},
        rows={"approval_id": 3},
    ),
    "incidents": Page(filters=(*_PAGED, "status", "severity", "q", "format", "columns")),
    "incident-detail": Page(),
    "incident-bundle": Page(act="audit.export"),
    "incident-resolve": Page(act="incident.resolve"),
    "outbox": Page(
        filters=("project_id", "page", "cursor", "status", "message_type", "channel", "message_id")
    ),
    "callbacks": Page(
        filters=("project_id", "page", "cursor", "incident_id", "callback_reply_status")
    ),
    "message-retry": Page(None, act="message.retry", rows=_DEAD),
    "remediation-queue": Page(filters=("project_id", "action", "format", "columns")),
    "remediation-dry-run": Page(None, act="governance.act"),
    # governance
    "governance": Page(
        filters=(
            *("project_id", "page", "cursor", "tab"),
            *("event_id", "event_type", "severity", "resolved"),
        ),
        tabs=("events", "queue", "summary", "slo", "drift", "checks"),
    ),
    "governance-event-resolve": Page(act="governance.act", form={"note": "Seen to"}),
    "dispatch-start": Page(act="governance.act"),
    "dispatch-skip": Page(act="governance.act"),
    "dispatch-cancel": Page(act="governance.act"),
    "dispatch-complete": Page(act="governance.act", rows=_WORKED),
    "dispatch-fail": Page(act="governance.act", rows=_WORKED),
    "governance-self-check": Page(act="governance.act"),
    "work-items": Page(filters=("project_id", "status", "owner", "format", "columns")),
    "drift-handoff": Page(act="governance.act", form={"owner": "platform"}),
    "drift-adopt": Page(act="governance.act", form={"note": "So be it"}),
    "drift-resolve": Page(act="governance.act", form={"note": "Mended"}),
    # knowledge
    "knowledge": Page(
        filters=(*_PAGED, "q", "status", "entry_type", "category", "tag", "stale"),
    ),
    "knowledge-entry": Page(),
    "knowledge-new": Page("knowledge.edit", act="knowledge.edit", form=_entry),
    "knowledge-edit": Page("knowledge.edit", act="knowledge.edit", form=_EDITED),
    "knowledge-view": Page(None, act="read"),
    "knowledge-archive": Page("knowledge.edit", act="knowledge.edit", form={"version": "1"}),
    "knowledge-restore": Page(
        "knowledge.edit", act="knowledge.edit", form={"version": "1"}, rows={"entry_id": 1}
    ),
    "knowledge-stale": Page(
        filters=("project_id", "priority_tier", "recommended_action", "limit", "columns"),
    ),
    "knowledge-stale-queue": Page(
        "knowledge.review", act="knowledge.review", rows={"entry_id": _REVIEWED}
    ),
    "knowledge-stale-batch": Page(act="knowledge.review", form=_batch),
    "knowledge-reviews": Page(filters=_REVIEW_FILTERS),
    "knowledge-reviews-preview": Page(filters=_REVIEW_FILTERS),
    "knowledge-review": Page(
        act="knowledge.review",
        form={"review_outcome": "archive", "owner_note": "Gone", "step": "preview"},
        rows={"dispatch_id": 2},
        filters=("outcome",),
    ),
    "knowledge-review-replacements": Page(rows={"dispatch_id": 2}),
    "knowledge-drafts": Page(
        filters=("project_id", "duplicates", "governance_event_id", "format", "columns")
    ),
    "knowledge-drafts-archive": Page(act="knowledge.review", form=_duplicates),
    "knowledge-burn-down": Page(
        filters=("project_id", "review_outcome", "owner", "limit", "format", "columns")
    ),
}

_DECIDE = "approval.decide"
# Steps of signing in: they lead back to the form where there is nothing to go on from.
BEFORE_SIGN_IN = ("login-second-factor", "sso", "sso-callback")
_EDIT, _PLATFORM = "contract.edit", Admin(SUPERUSER)

ADMINS: dict[str, Admin] = {
    # platform
    "awooop.user": Admin(
        SUPERUSER,
        add=SUPERUSER,
        change=SUPERUSER,
        acts=dict.fromkeys(
            ("end-sessions", "reset-second-factor", "deactivate", "activate"), SUPERUSER
        ),
    ),
    "awooop.authenticatorapp": _PLATFORM,
    "awooop.securitykey": _PLATFORM,
    "awooop.singlesignonidentity": Admin(SUPERUSER, acts={"forget": SUPERUSER}),
    "awooop.recoverycode": _PLATFORM,
    "awooop.ratebucket": _PLATFORM,
    "awooop.lease": _PLATFORM,
    "awooop.telegramaccount": Admin(SUPERUSER, acts={"unlink": SUPERUSER}),
    "awooop.telegramlinkcode": _PLATFORM,
    "awooop.session": Admin(SUPERUSER, acts={"end": SUPERUSER}),
    "awooop.countertotal": _PLATFORM,
    "awooop.counterdelta": _PLATFORM,
    "awooop.taskheartbeat": _PLATFORM,
    "admin.logentry": _PLATFORM,
    "django_q.schedule": Admin(SUPERUSER, acts={"pause": SUPERUSER, "resume": SUPERUSER}),
    # the kernel
    "awooop.project": Admin(add=SUPERUSER, change="project.edit"),
    "awooop.membership": Admin(*["member.edit"] * 4),
    "awooop.apikey": Admin(
        "api_key.edit",
        add="api_key.edit",
        acts=dict.fromkeys(("rotate", "limit", "revoke"), "api_key.edit"),
    ),
    "awooop.contractrevision": Admin(
        add=_EDIT,
        change=_EDIT,
        acts=dict.fromkeys(("activate", "deprecate", "retire"), _EDIT),
    ),
    "awooop.stop": Admin(acts={"lift": "stop.lift"}),
    "awooop.auditrecord": Admin(),
    "awooop.audithead": Admin(),
    "awooop.auditanchor": Admin(),
    "awooop.sharedview": Admin(),
    "awooop.ownview": _PLATFORM,
    "awooop.listpreference": _PLATFORM,
    "awooop.webhooksubscription": Admin("webhook.edit"),
    "awooop.webhookdelivery": Admin("webhook.edit"),
    "awooop.note": Admin(),
    "awooop.noteversion": Admin(),
    # governance
    "governance.governanceevent": Admin(acts={"resolve": "governance.act"}),
    "governance.dispatch": Admin(
        acts=dict.fromkeys(("start", "complete", "fail", "skip", "cancel"), "governance.act")
    ),
    "governance.selfcheckcycle": Admin(),
    "governance.checkthreshold": Admin("read", *["project.edit"] * 3),
    "governance.slodefinition": Admin("read", *["project.edit"] * 3),
    "governance.slosample": Admin(),
    "governance.driftfingerprint": Admin(),
    # runs
    "runs.approval": Admin(
        acts={"approve": _DECIDE, "reject": _DECIDE, "extend": "approval.extend"}
    ),
    "runs.approvalvote": Admin(),
    "runs.approvaltoken": Admin(),
    "runs.channelevent": Admin(),
    "runs.channelhealth": _PLATFORM,
    "runs.movedchat": _PLATFORM,
    "runs.outboundmessage": Admin(acts={"retry": "message.retry"}),
    "runs.remediationrecord": Admin(),
    "runs.legacymcprecord": Admin(),
    "runs.execution": Admin(),
    "runs.evidence": Admin(),
    "runs.mcpcall": Admin(),
    "runs.projectspend": Admin(),
    "runs.incident": Admin(acts={"resolve": "incident.resolve"}),
    "runs.playbook": Admin(add="playbook.edit", change="playbook.edit"),
    "runs.run": Admin(acts={"cancel_run": "run.cancel"}),
    "runs.step": Admin(),
    "runs.truthchainsummary": Admin(),
    "runs.telegramuse": Admin(),
    "runs.telegramreply": _PLATFORM,
    "runs.runincident": Admin(),
    # knowledge
    "knowledge.knowledgeentry": Admin(
        add="knowledge.edit",
        change="knowledge.edit",
        acts=dict.fromkeys(("archive", "restore"), "knowledge.edit"),
    ),
    "knowledge.knowledgerevision": Admin(),
}


def walked(table: Mapping[str, Any], found: Mapping[str, Any]) -> list[str]:
    """Answer the names that the walks go: of both; what is missing in one fails elsewhere."""
    return [name for name in table if name in found]


def operation_path(name: str, world: World) -> str:
    """Answer the path of an operation for a world's rows."""
    from tests.walks.addresses import operations

    operation = operations()[name]
    rows = OPERATIONS[name].rows
    values = {key: world.ident(key, rows.get(key, 0)) for key in operation.in_path}
    return operation.path.format(**values)


def page_url(name: str, world: World) -> str:
    """Answer the address of a page for a world's rows."""
    from django.urls import reverse

    from tests.walks.addresses import pages

    rows = PAGES[name].rows
    values = {key: world.ident(key, rows.get(key, 0)) for key in pages()[name]}
    return reverse(name, kwargs=values)
