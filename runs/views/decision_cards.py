"""An approval as the decision box shows it: the exact action, the evidence, may one decide."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from awooop import paths, permissions, stops
from awooop.callers import Caller
from awooop.clock import now
from awooop.confirmation import NotConfirmed
from awooop.errors import Conflict
from awooop.models import Stop
from runs import policies, reasons
from runs.models import Approval, Decision
from runs.views import decision_facts
from runs.views.decision_facts import visible

TITLE_AT_MOST = 120
ARGUMENTS_AT_MOST = 20_000
# Longer ones are folded behind their beginning, so that the answers stay in reach.
ARGUMENT_LINES, ARGUMENT_CHARS, ARGUMENTS_LINE = 14, 800, 90


def card(
    approval: Approval,
    caller: Caller,
    *,
    back_to: str = "",
    reason: str = "",
    error: str = "",
    stopped: Sequence[Stop] = (),
) -> dict[str, Any]:
    """Answer what `awooop.decision_box` draws; without `decide_href` where one may not decide.

    `back_to` is the page to return to without scripts; `reason`, `error` are of the last attempt;
    of `stopped`, what the reader sees stopped now, the one that it is about is shown.
    """
    why_not = why_not_decidable(approval, caller)
    action = visible(approval.suggested_action)
    arguments = arguments_text(approval.arguments)
    title = title_of(approval)
    shown = {
        "key": str(approval.pk),
        "risk_level": approval.risk_level,
        "title": title,
        "href": run_href(approval),
        "agent_id": approval.run.agent_id if approval.run else approval.requested_by,
        "requested_at": approval.requested_at,
        "expires_at": approval.expires_at,
        "required_approvals": approval.required_approvals,
        "votes": approvals_so_far(approval),
        "tool_name": visible(approval.tool_name),
        "arguments": arguments,
        "arguments_head": _head(arguments),
        "argument_lines": arguments.count("\n") + 1,
        "digest": approval.digest,
        "incident_id": approval.incident_id,
        "incident_href": decision_facts.incident_href(approval.incident_id),
        "changes": decision_facts.changes(approval),
        "evidence": decision_facts.evidence(approval, title=title, full_text=action),
        "record": decision_facts.record(approval),
        "presets": reasons.offered(approval),
        "why_not": why_not and (error or why_not),
        "reason": reason,
        "error": error,
    }
    if not why_not:
        query = {"digest": approval.digest, **({"next": back_to} if back_to else {})}
        address = paths.path("approval-decide", approval.pk)
        shown["decide_href"] = f"{address}?{urlencode(query)}"
        shown["stop"] = _stop_of(approval, stopped)
        shown["must_confirm"] = not is_confirmed(approval, caller)
        if approval.expires_at is not None:
            shown["extend_href"] = paths.path("approval-extend", approval.pk)
        if can_be_batched(approval):
            shown["select"] = f"{approval.pk}:{approval.digest}"
    return shown


def _stop_of(approval: Approval, stopped: Sequence[Stop]) -> dict[str, str] | None:
    """Answer what keeps it from being approved: then it can be rejected only."""
    agent_id = approval.run.agent_id if approval.run else ""
    found = stops.of_call(
        stopped, approval.project_id, agent_id=agent_id, tool_name=approval.tool_name
    )
    return found and {"told": stops.told(found), "href": paths.path("stop", found.pk)}


def row(approval: Approval) -> dict[str, Any]:
    """Answer an approval as one row of several: its title, and the exact action folded."""
    arguments = arguments_text(approval.arguments)
    return {
        "title": title_of(approval),
        "href": f"{paths.path('approvals')}?{urlencode({'approval_id': approval.pk})}",
        "incident_href": decision_facts.incident_href(approval.incident_id),
        "tool_name": visible(approval.tool_name),
        "arguments": arguments,
        "arguments_line": " ".join(arguments.split())[:ARGUMENTS_LINE],
    }


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


def is_confirmed(approval: Approval, caller: Caller) -> bool:
    """Whether the caller may decide without showing again that it is them."""
    try:
        policies.check_confirmed(approval, caller)
    except NotConfirmed:
        return False
    return True


def can_be_batched(approval: Approval) -> bool:
    """Whether it may be decided together with others."""
    try:
        policies.check_can_decide_in_batch(approval)
    except Conflict:
        return False
    return True


def any_to_choose(approvals: Iterable[Approval], caller: Caller) -> bool:
    """Whether the caller may decide on any of these together with others."""
    return any(can_be_batched(one) and not why_not_decidable(one, caller) for one in approvals)


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


def _head(arguments: str) -> str:
    """Answer the beginning of long arguments, '' of those that are shown whole."""
    lines = arguments.split("\n")
    if len(lines) <= ARGUMENT_LINES and len(arguments) <= ARGUMENT_CHARS:
        return ""
    return "\n".join(lines[: ARGUMENT_LINES - 4])[:ARGUMENT_CHARS] + "\n…"


def run_href(approval: Approval) -> str:
    """Answer the address of the run's page, '' for an approval without a run."""
    return f"/awooop/runs/{approval.run_id}" if approval.run_id else ""
