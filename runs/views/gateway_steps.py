"""A call's verdict for a person: what each gate said, and what would make a refused one pass."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from runs.gateway.gates import GATES, STOP, needs_token
from runs.gateway.totals import GATEWAY
from runs.models import GateScope, McpCall
from runs.selectors import gateway as selectors

PASSED, REFUSED, NOT_REACHED = "passed", "refused", "not_reached"
ASKS: dict[str, str | Promise] = {
    STOP: gettext_lazy("Is it stopped by the kill switch?"),
    "project": gettext_lazy("Is the project active?"),
    "contract": gettext_lazy("Does an active contract of this agent name the tool?"),
    "scope": gettext_lazy("Is the scope that it grants enough?"),
    "budget": gettext_lazy("Is there budget left, and is the run still under way?"),
    "approval": gettext_lazy("Has a person approved this very action?"),
    GATEWAY: gettext_lazy("Could the call be judged at all?"),
}


@dataclass(frozen=True)
class Step:
    """One gate's answer; `remedy` and `href` say what would make a refused one pass."""

    name: str
    asks: str | Promise
    outcome: str
    why: str = ""
    remedy: str = ""
    href: str = ""


def steps(call: McpCall) -> list[Step]:
    """Answer the gates in order: what each said, or that it was not reached."""
    said = {one["name"]: one for one in _gates(call)}
    others = [name for name in said if name not in GATES and name in ASKS]
    names = [*others, *GATES] if STOP in said else [*GATES, *others]
    return [_step(call, name, said.get(name)) for name in names] if said else []


def _gates(call: McpCall) -> list[dict[str, Any]]:
    """Answer the gates on record; a worker's own account may hold anything."""
    gates = call.gate_result.get("gates") if isinstance(call.gate_result, dict) else None
    rows = gates if isinstance(gates, list) else []
    return [row for row in rows if isinstance(row, dict) and isinstance(row.get("name"), str)]


def _step(call: McpCall, name: str, said: dict[str, Any] | None) -> Step:
    if said is None:
        return Step(name, ASKS[name], NOT_REACHED)
    if said.get("ok"):
        return Step(name, ASKS[name], PASSED, _passed(call) if name == "approval" else "")
    remedy, href = _REMEDIES[name](call)
    return Step(name, ASKS[name], REFUSED, str(said.get("why") or ""), remedy, href)


def _passed(call: McpCall) -> str:
    scope = call.gate_result.get("required_scope")
    if scope in GateScope.values and not needs_token(scope):
        return _("A call that only reads needs none.")
    return ""


def _project(call: McpCall) -> tuple[str, str]:
    href = reverse("tenants")
    return _("An administrator switches the project on."), href


def _contract(call: McpCall) -> tuple[str, str]:
    revision_id = _uuid(call.gate_result.get("contract_revision_id"))
    if revision_id:
        href = reverse("contract", args=[revision_id])
        return _("A new revision of the contract that names the tool, activated."), href
    query = urlencode({"project_id": call.project_id, "lifecycle_status": "active"})
    return _("An active contract for this agent, that names the tool."), (
        f"{reverse('contracts')}?{query}"
    )


def _scope(call: McpCall) -> tuple[str, str]:
    _remedy, href = _contract(call)
    return _("A new revision of the contract that grants the tool this scope, activated."), href


def _budget(call: McpCall) -> tuple[str, str]:
    if call.run_id is None:
        return _("A higher budget of the project, or the next month."), reverse("tenants")
    text = _("For a run that is over, a new run; for a spent budget, a higher one or a new month.")
    return text, reverse("run-detail", args=[call.run_id])


def _approval(call: McpCall) -> tuple[str, str]:
    text = _(
        "The agent asks for an approval of this tool with these arguments, and shows its token"
        " once, before it expires."
    )
    approval_id = approval_of(call)
    if approval_id:
        return text, f"{reverse('approvals')}?{urlencode({'approval_id': approval_id})}"
    return text, reverse("run-detail", args=[call.run_id]) if call.run_id else ""


def _stop(call: McpCall) -> tuple[str, str]:
    stop_id = _uuid(call.gate_result.get("stop_id"))
    text = _("An administrator lifts the stop, once what was wrong is mended.")
    return text, reverse("stop", args=[stop_id]) if stop_id else reverse("stops")


def _failure(call: McpCall) -> tuple[str, str]:
    return _("A defect: the log has the whole story at this time. The agent may ask again."), ""


_REMEDIES = {
    STOP: _stop,
    "project": _project,
    "contract": _contract,
    "scope": _scope,
    "budget": _budget,
    "approval": _approval,
    GATEWAY: _failure,
}


def approval_of(call: McpCall) -> UUID | None:
    """Answer the approval behind a call: the one redeemed, or that of a refused token."""
    known = _uuid(call.gate_result.get("approval_id"))
    jti = _uuid(call.gate_result.get("approval_token_jti"))
    if known or not (call.by_gateway and jti):
        return known
    return selectors.approval_of_token(call.project_id, jti)


def hints(call: McpCall) -> tuple[dict[str, Any], bool]:
    """Answer the server's untrusted hints, and whether they speak against the scope asked for."""
    found = call.gate_result.get("untrusted_hints")
    if not isinstance(found, dict):
        return {}, False
    asked_to_read = call.gate_result.get("required_scope") == GateScope.READ
    writes = found.get("readOnlyHint") is False or found.get("destructiveHint") is True
    return found, asked_to_read and writes


def _uuid(value: Any) -> UUID | None:
    try:
        return UUID(value) if isinstance(value, str) else None
    except ValueError:
        return None
