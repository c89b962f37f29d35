"""What stands in the decision box beside the action: what would change, the evidence, the record.

Each is a list of lines `{label, text, status, href, links}`; `links` is `[{text, status, href}]`.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlencode

from django.utils.html import format_html
from django.utils.text import Truncator, capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from awooop import paths, ui_time
from awooop.templatetags import ui
from runs.incident_ids import is_incident_id
from runs.models import Approval, Decision, LegacyMcpRecord, RemediationRecord, Step
from runs.models.approvals import ApprovalStatus
from runs.selectors.approval_changes import Changes, Grant
from runs.selectors.approval_evidence import Beside
from runs.selectors.approval_record import Precedent, Record, Repair

Item = dict[str, Any]
UNFOLDED_AT_MOST = 280
SAID_AT_MOST = 200
HINTS_AT_MOST = 8
# Marks that turn the direction of text: what reads otherwise than it runs must not be approved.
_TURNING = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_WORKED = {True: "success", False: "failed", None: "unknown"}


def visible(text: str) -> str:
    """Answer text with its marks of direction written out, as JSON escapes them."""
    return _TURNING.sub(lambda mark: f"\\u{ord(mark[0]):04x}", text)


def incident_href(incident_id: str | None) -> str:
    """Answer the address of the incident's page; '' for none, or for what is no incident id."""
    return paths.path("incident-detail", incident_id) if is_incident_id(incident_id) else ""


def changes(approval: Approval) -> list[Item]:
    """Answer what is known of what would change: the contract's word, a dry run, the server's."""
    known: Changes = getattr(approval, "changes", None) or Changes()
    beside: Beside = getattr(approval, "evidence", None) or Beside()
    items = [_grant(approval, known.grant), _dry_run(approval, beside.dry_run)]
    if known.hints:
        items.append(_hints(known.hints))
    return items


def _grant(approval: Approval, grant: Grant | None) -> Item:
    label = _("Contract")
    if grant is None:
        text = _("none is bound to it: the gateway asks the contract of the moment")
        return {"label": label, "status": "unknown", "text": text}
    href = paths.path("contract", approval.contract_revision_id)
    if grant.scope is None:
        text = _("%(contract)s does not name this tool: the gateway refuses the call")
        return {"label": label, "status": "blocked", "text": text % {"contract": grant.name},
                "href": href}  # fmt: skip
    text = _("%(contract)s grants this tool with scope %(scope)s")
    item = {"label": label, "href": href}
    item["text"] = text % {"contract": grant.name, "scope": grant.scope}
    if grant.lifecycle_status != "active":
        item["status"] = grant.lifecycle_status
    return item


def _dry_run(approval: Approval, record: RemediationRecord | None) -> Item:
    label = _("Dry run")
    if record is None:
        text = _("none on record: what would change has not been tried")
        return {"label": label, "status": "unknown", "text": text}
    text = _short(record.verification_result_preview or record.tool_name)
    if record.tool_name and record.tool_name != approval.tool_name:
        text = _("%(tool)s: %(text)s") % {"tool": record.tool_name, "text": text}
    text = f"{text} · {ui_time.relative(record.created_at)}"
    return {"label": label, "status": _outcome(record), "text": text}


def _hints(hints: dict[str, Any]) -> Item:
    pairs = list(hints.items())[:HINTS_AT_MOST]
    said = ", ".join(f"{name}: {value}" for name, value in pairs)
    text = _("%(hints)s (the MCP server's own word: not to be trusted)")
    return {"label": _("Hints"), "text": text % {"hints": visible(_short(said))}}


def evidence(approval: Approval, *, title: str, full_text: str) -> list[Item]:
    """Answer the lines beside the decision: the full proposal, votes, incident, records, steps."""
    beside: Beside = getattr(approval, "evidence", None) or Beside()
    items: list[Item] = []
    if full_text.strip() != title:
        items.append({"label": _("Proposal"), "text": _folded(full_text or approval.tool_name)})
    items += [_vote(vote) for vote in approval.votes.all()]
    if beside.incident is not None:
        items.append(_incident(beside.incident))
    if approval.run is not None and approval.run.remediation_status:
        items.append({"label": _("Remediation"), "status": approval.run.remediation_status})
    items += [_remediation(record) for record in beside.remediations]
    items += [_legacy(record) for record in beside.legacy]
    items += [_step(step) for step in beside.steps]
    return items


def record(approval: Approval) -> list[Item]:
    """Answer what is on record of earlier ones: the playbook, this tool, this agent."""
    known: Record = getattr(approval, "record", None) or Record()
    items = [_playbook(known), _precedents(known.precedents)]
    if approval.agent_id:
        items.append(_agent(approval, known.agent))
    return items


def _playbook(known: Record) -> Item:
    label, playbook = _("Playbook"), known.playbook
    if playbook is None:
        return {"label": label, "text": _("the agent names none")}
    tried = playbook.success_count + playbook.failure_count
    if not tried:
        text = _("%(name)s: trust %(trust)s, not used yet")
        named = {"name": visible(playbook.name), "trust": playbook.trust_score}
        return {"label": label, "text": text % named}
    text = ngettext(
        "%(name)s: trust %(trust)s, %(good)s of %(tried)s repair succeeded",
        "%(name)s: trust %(trust)s, %(good)s of %(tried)s repairs succeeded",
        tried,
    ) % {
        "name": visible(playbook.name),
        "trust": playbook.trust_score,
        "good": ui.number(playbook.success_count),
        "tried": ui.number(tried),
    }
    if playbook.is_trust_pinned:
        text = _("%(text)s (trust set by hand)") % {"text": text}
    item: Item = {"label": label, "text": text, "links": [_repair(one) for one in known.repairs]}
    if playbook.status != "approved":
        item["status"] = playbook.status
    return item


def _repair(repair: Repair) -> Item:
    status = repair.verified or _WORKED[repair.success]
    text = ui_time.relative(repair.created_at)
    return {"status": status, "text": text, "href": incident_href(repair.incident_id)}


def _precedents(rows: list[Precedent]) -> Item:
    label = _("Before")
    if not rows:
        return {"label": label, "text": _("this tool has not been asked for before")}
    return {"label": label, "links": [_precedent(row) for row in rows]}


def _precedent(row: Precedent) -> Item:
    href = f"{paths.path('approvals')}?approval_id={row.approval_id}"
    text = ui_time.relative(row.resolved_at)
    if row.status == ApprovalStatus.APPROVED and row.success is not None:
        came = _("it worked") if row.success else _("it failed")
        text = _("%(when)s, %(came)s") % {"when": text, "came": came}
    return {"status": row.status, "text": text, "href": href}


def _agent(approval: Approval, counts: dict[str, int]) -> Item:
    label, ended = _("Agent"), sum(counts.values())
    if not ended:
        return {"label": label, "text": _("its first request")}
    named = {name: counts.get(name, 0) for name in ApprovalStatus.values}
    text = _("of its last %(n)s: %(approved)s approved, %(rejected)s rejected, %(expired)s expired")
    query = {"tab": "history", "agent_id": approval.agent_id, "project_id": approval.project_id}
    href = f"{paths.path('approvals')}?{urlencode(query)}"
    return {"label": label, "text": text % {"n": ended, **named}, "href": href}


def _folded(text: str) -> str:
    """Answer a long text folded behind its beginning, so that the buttons stay in reach."""
    if len(text) <= UNFOLDED_AT_MOST:
        return text
    return format_html(
        '<details><summary>{}… ({})</summary><div class="pre-wrap">{}</div></details>',
        text[:UNFOLDED_AT_MOST],
        _("%(n)s characters") % {"n": ui.number(len(text))},
        text,
    )


def _vote(vote: Any) -> Item:
    status = "approved" if vote.decision == Decision.APPROVE else "rejected"
    text = vote.approver_label + (f": {vote.reason}" if vote.reason else "")
    return {"label": _("Vote"), "status": status, "text": text}


def _incident(incident: Any) -> Item:
    item = {
        "label": _("Incident"),
        "status": incident.status,
        "text": incident.title,
        "href": incident_href(incident.incident_id),
    }
    again = incident.recurrence_count
    if again:
        said = ngettext("came back %(n)s time", "came back %(n)s times", again)
        since = ui_time.relative(incident.opened_at)
        item["note"] = _("%(recurred)s, first %(since)s") % {
            "recurred": said % {"n": ui.number(again)},
            "since": since,
        }
    return item


def _remediation(record: RemediationRecord) -> Item:
    label = capfirst(record.get_mode_display())
    text = _short(record.verification_result_preview or record.tool_name)
    return {"label": label, "status": _outcome(record), "text": text}


def _outcome(record: RemediationRecord) -> str:
    return "blocked" if record.allowed is False else _WORKED[record.success]


def _legacy(record: LegacyMcpRecord) -> Item:
    text = f"{record.mcp_server}/{record.tool_name}"
    if record.error_message:
        text += f": {_short(record.error_message)}"
    return {"label": _("Legacy MCP"), "status": _WORKED[record.success], "text": text}


def _step(step: Step) -> Item:
    status = "blocked" if step.was_blocked else step.result_status
    said = step.block_reason or step.summary
    text = step.tool_name + (f": {_short(said)}" if said else "")
    return {"label": _("Step %(n)d") % {"n": step.step_seq}, "status": status, "text": text}


def _short(text: str) -> str:
    return text if len(text) <= SAID_AT_MOST else Truncator(text).chars(SAID_AT_MOST)
