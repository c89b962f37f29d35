"""An incident's chain told in the order of time, as items of the timeline."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.utils.translation import gettext as _

from awooop.models import Note
from runs.models import Approval, Evidence, Execution, RemediationRecord, Run
from runs.selectors.incidents import Chain

Item = dict[str, Any]
_OUTCOME = {True: "success", False: "failed", None: "unknown"}


def of(chain: Chain, noted: Sequence[Note] = ()) -> list[Item]:
    """Answer what happened and was noted, oldest first: `{ts, kind, title, status, summary,
    metadata}`."""
    return sorted([*_items(chain), *_notes(noted)], key=lambda item: item["ts"])


def _notes(noted: Sequence[Note]) -> Iterator[Item]:
    for note in noted:
        title = _("Note of %(author)s") % {"author": note.author_label}
        yield _item(
            note.created_at, "note", title, "struck" if note.struck_at else "", note.body[:300]
        )


def _items(chain: Chain) -> Iterator[Item]:
    yield from _incident(chain)
    for event in chain.events:
        title = _("%(channel)s: event received") % {"channel": event.channel_type}
        status = "refused" if event.is_refused else "duplicate" if event.is_duplicate else ""
        yield _item(event.received_at, "inbound", title, status, event.content_preview)
    for run in chain.runs:
        yield from _run(run)
    for approval in chain.approvals:
        yield from _approval(approval)
    for execution in chain.executions:
        yield _execution(execution)
    for record in chain.remediations:
        yield _remediation(record)
    for record in chain.legacy:
        title = f"{_('Legacy MCP')}: {record.mcp_server}/{record.tool_name}"
        status = _OUTCOME[record.success]
        yield _item(record.created_at, "mcp", title, status, record.error_message or "")
    for evidence in chain.evidence:
        yield _evidence(evidence)


def _incident(chain: Chain) -> Iterator[Item]:
    incident = chain.incident
    yield _item(incident.opened_at, "incident", _("Incident opened"), "", incident.title)
    if incident.resolved_at:
        title = _("Incident resolved")
        yield _item(incident.resolved_at, "incident", title, incident.disposition or "", "")


def _run(run: Run) -> Iterator[Item]:
    about = f"{run.agent_id} · {run.trigger_type}"
    yield _item(run.created_at, "run", _("Run queued"), "", about)
    if run.started_at:
        yield _item(run.started_at, "run", _("Run started"), "", run.worker_id or run.agent_id)
    if run.completed_at:
        said = " ".join(filter(None, [run.error_code, (run.error_detail or "")[:300]]))
        yield _item(run.completed_at, "run", _("Run ended"), run.state, said or run.agent_id)


def _approval(approval: Approval) -> Iterator[Item]:
    asked = f"{approval.tool_name}: {approval.suggested_action[:300]}"
    yield _item(approval.requested_at, "approval", _("Approval asked for"), "", asked)
    if approval.resolved_at:
        said = "; ".join(
            f"{vote.approver_label}{': ' if vote.reason else ''}{vote.reason}"
            for vote in approval.votes.all()
        )
        title = _("Approval ended")
        yield _item(approval.resolved_at, "approval", title, approval.status, said)


def _execution(execution: Execution) -> Item:
    about = execution.playbook.name if execution.playbook else ""
    said = " · ".join(filter(None, [about, execution.error_message]))
    title = _("Repair executed")
    return _item(execution.created_at, "step", title, _OUTCOME[execution.success], said)


def _remediation(record: RemediationRecord) -> Item:
    status = "blocked" if record.allowed is False else _OUTCOME[record.success]
    title = f"{record.get_mode_display().capitalize()}: {record.tool_name}"
    said = record.verification_result_preview
    return _item(record.created_at, "remediation", title, status, said)


def _evidence(evidence: Evidence) -> Item:
    status = evidence.verification_result or "unknown"
    return _item(evidence.collected_at, "evidence", _("Verification"), status, "")


def _item(ts: Any, kind: str, title: str, status: str, summary: str) -> Item:
    return {
        "ts": ts,
        "kind": kind,
        "title": title,
        "status": status,
        "summary": summary,
        "metadata": None,
    }
