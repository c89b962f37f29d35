"""An approval as the decision box shows it: the exact action, the evidence, may one decide."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.html import format_html
from django.utils.text import Truncator, capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from awooop import permissions
from awooop.callers import Caller
from awooop.clock import now
from awooop.errors import Conflict
from awooop.templatetags import ui
from runs import policies
from runs.incident_ids import is_incident_id
from runs.models import Approval, Decision, LegacyMcpRecord, RemediationRecord, Step
from runs.selectors.approval_evidence import Beside

TITLE_AT_MOST = 120
ARGUMENTS_AT_MOST = 20_000
UNFOLDED_AT_MOST = 280
SAID_AT_MOST = 200
PRESETS = (
    gettext_lazy("Matches the runbook"),
    gettext_lazy("The evidence is enough"),
    gettext_lazy("Wrong target"),
    gettext_lazy("Wait for the owner"),
)
# Marks that turn the direction of text: what reads otherwise than it runs must not be approved.
_TURNING = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def card(
    approval: Approval, caller: Caller, *, back_to: str = "", reason: str = "", error: str = ""
) -> dict[str, Any]:
    """Answer what `components/decision.html` shows; without `decide_href` where one may not decide.

    `back_to` is the page to return to without scripts; `reason`, `error` are of the last attempt.
    """
    why_not = why_not_decidable(approval, caller)
    action = visible(approval.suggested_action)
    shown = {
        "key": str(approval.pk),
        "risk_level": approval.risk_level,
        "title": title_of(approval),
        "href": run_href(approval),
        "agent_id": approval.run.agent_id if approval.run else approval.requested_by,
        "requested_at": approval.requested_at,
        "expires_at": approval.expires_at,
        "required_approvals": approval.required_approvals,
        "votes": approvals_so_far(approval),
        "tool_name": visible(approval.tool_name),
        "arguments": arguments_text(approval.arguments),
        "digest": approval.digest,
        "incident_id": approval.incident_id,
        "incident_href": incident_href(approval.incident_id),
        "evidence": evidence_items(approval, full_text=action),
        "presets": PRESETS,
        "why_not": why_not and (error or why_not),
        "reason": reason,
        "error": error,
    }
    if not why_not:
        query = {"digest": approval.digest, **({"next": back_to} if back_to else {})}
        address = reverse("approval-decide", args=[approval.pk])
        shown["decide_href"] = f"{address}?{urlencode(query)}"
        if approval.expires_at is not None:
            shown["extend_href"] = reverse("approval-extend", args=[approval.pk])
    return shown


def why_not_decidable(approval: Approval, caller: Caller) -> str:
    """Answer in a sentence why the caller cannot decide now; '' where nothing is in the way."""
    if approval.is_overdue(now()):
        return _("Its time is over: it can no longer be decided. The sweep closes it shortly.")
    try:
        policies.check_can_decide(approval.run, approval, now())
    except Conflict as refused:
        return refused.detail
    if not approval.project.is_active:
        return _("The project %(project)s is not active.") % {"project": approval.project_id}
    if not permissions.can(caller, "approval.decide", approval.project_id):
        return _("Your role in %(project)s lets you look, not decide.") % {
            "project": approval.project_id
        }
    if approval.requested_by == caller.ident:
        return _("You asked for this approval: somebody else decides on it.")
    if caller.ident in {vote.approver for vote in approval.votes.all()}:
        missing = approval.required_approvals - approvals_so_far(approval)
        text = ngettext(
            "Your approval is counted. %(n)d more approval is needed.",
            "Your approval is counted. %(n)d more approvals are needed.",
            missing,
        )
        return text % {"n": missing}
    return ""


def approvals_so_far(approval: Approval) -> int:
    """Answer how many have approved, of the votes read with it."""
    return sum(vote.decision == Decision.APPROVE for vote in approval.votes.all())


def title_of(approval: Approval) -> str:
    """Answer the first line of what is proposed, shortened; else the tool's name."""
    first, *_rest = approval.suggested_action.strip().splitlines() or [""]
    text = visible(first.strip() or approval.tool_name)
    return text if len(text) <= TITLE_AT_MOST else f"{text[: TITLE_AT_MOST - 1]}…"


def arguments_text(arguments: Any) -> str:
    """Answer the arguments as indented JSON; a cut is said: nobody approves what is not shown."""
    if not arguments:
        return ""
    text = visible(json.dumps(arguments, indent=2, ensure_ascii=False))
    if len(text) <= ARGUMENTS_AT_MOST:
        return text
    left = len(text) - ARGUMENTS_AT_MOST
    note = _("… CUT HERE: %(n)d more characters are not shown.") % {"n": left}
    return f"{text[:ARGUMENTS_AT_MOST]}\n{note}"


def visible(text: str) -> str:
    """Answer text with its marks of direction written out, as JSON escapes them."""
    return _TURNING.sub(lambda mark: f"\\u{ord(mark[0]):04x}", text)


def run_href(approval: Approval) -> str:
    """Answer the address of the run's page, '' for an approval without a run."""
    return f"/awooop/runs/{approval.run_id}" if approval.run_id else ""


def incident_href(incident_id: str | None) -> str:
    """Answer the address of the incident's page; '' for none, or for what is no incident id."""
    return reverse("incident-detail", args=[incident_id]) if is_incident_id(incident_id) else ""


def evidence_items(approval: Approval, *, full_text: str) -> list[dict[str, Any]]:
    """Answer the lines beside the decision: the full proposal, votes, incident, records, steps."""
    beside: Beside = getattr(approval, "evidence", None) or Beside()
    items: list[dict[str, Any]] = []
    if full_text.strip() != title_of(approval):
        items.append({"label": _("Proposed"), "text": _folded(full_text or approval.tool_name)})
    items += [_vote(vote) for vote in approval.votes.all()]
    if beside.incident is not None:
        items.append(_incident(beside.incident))
    if approval.run is not None and approval.run.remediation_status:
        items.append({"label": _("Remediation"), "status": approval.run.remediation_status})
    items += [_remediation(record) for record in beside.remediations]
    items += [_legacy(record) for record in beside.legacy]
    items += [_step(step) for step in beside.steps]
    return items


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


def _vote(vote: Any) -> dict[str, Any]:
    status = "approved" if vote.decision == Decision.APPROVE else "rejected"
    text = vote.approver_label + (f": {vote.reason}" if vote.reason else "")
    return {"label": _("Vote"), "status": status, "text": text}


def _incident(incident: Any) -> dict[str, Any]:
    href = incident_href(incident.incident_id)
    return {
        "label": _("Incident"),
        "status": incident.status,
        "text": incident.title,
        "href": href,
    }


def _remediation(record: RemediationRecord) -> dict[str, Any]:
    label = capfirst(record.get_mode_display())
    text = _short(record.verification_result_preview or record.tool_name)
    return {"label": label, "status": _outcome(record), "text": text}


def _outcome(record: RemediationRecord) -> str:
    if record.allowed is False:
        return "blocked"
    return {True: "success", False: "failed", None: "unknown"}[record.success]


def _legacy(record: LegacyMcpRecord) -> dict[str, Any]:
    status = {True: "success", False: "failed", None: "unknown"}[record.success]
    text = f"{record.mcp_server}/{record.tool_name}"
    if record.error_message:
        text += f": {_short(record.error_message)}"
    return {"label": _("Legacy MCP"), "status": status, "text": text}


def _step(step: Step) -> dict[str, Any]:
    status = "blocked" if step.was_blocked else step.result_status
    said = step.block_reason or step.summary
    text = step.tool_name + (f": {_short(said)}" if said else "")
    return {"label": _("Step %(n)d") % {"n": step.step_seq}, "status": status, "text": text}


def _short(text: str) -> str:
    return Truncator(text).chars(SAID_AT_MOST)
