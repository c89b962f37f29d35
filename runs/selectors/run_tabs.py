"""What each tab of a run's page shows: its story, or one kind of its records."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from awooop import paging
from awooop.errors import Invalid
from runs.models import Run
from runs.selectors import evidence, run_detail, timeline

TIMELINE = "timeline"
# name of the tab -> its label, and what of `run_detail.counts` it counts
LABELS: dict[str, tuple[Promise, str]] = {
    TIMELINE: (_("Timeline"), ""),
    "steps": (_("Steps"), "steps"),
    "gateway": (_("Gateway calls"), "mcp_calls"),
    "legacy": (_("Legacy MCP"), "mcp_legacy"),
    "remediation": (_("Remediation"), "remediation"),
    "inbound": (_("Inbound"), "inbound_events"),
    "outbound": (_("Outbound"), "outbound_messages"),
}
_KINDS: dict[str, Promise] = {
    "run": _("Run"),
    "inbound": _("Inbound"),
    "step": _("Steps"),
    "approval": _("Decisions"),
    "mcp": _("MCP"),
    "remediation": _("Remediation"),
    "outbound": _("Outbound"),
    "note": _("Notes"),
}
_STEPS = paging.Ordering("run.steps", ("step_seq",))
_CALLS = paging.Ordering("run.calls", ("created_at", "call_id"))
_INBOUND = paging.Ordering("run.inbound", ("received_at", "event_id"))
_OUTBOUND = paging.Ordering("run.outbound", ("queued_at", "message_id"))


def content(tab: str, run: Run, incidents: Sequence[str], query: QueryDict) -> dict[str, Any]:
    """Answer what the tab's template needs; raises Invalid for an unknown tab, cursor or kind."""
    if tab not in LABELS:
        raise Invalid({"tab": _("must be one of %(allowed)s") % {"allowed": ", ".join(LABELS)}})
    return _TABS[tab](run, incidents, query)


def _timeline(run: Run, incidents: Sequence[str], query: QueryDict) -> dict[str, Any]:
    kind = query.get("kind", "")
    page = timeline.page_of_timeline(
        run,
        incidents,
        kinds=[kind] if kind else (),
        cursor=query.get("cursor") or None,
        end=query.get("from") or "start",
    )
    return {"timeline": page, "kind": kind, "kinds": _KINDS}


def _paged(rows: Callable[[Run], Any], ordering: paging.Ordering) -> Callable[..., dict[str, Any]]:
    def page(run: Run, incidents: Sequence[str], query: QueryDict) -> dict[str, Any]:
        asked = paging.parse_request(query.get("page"), 50, query.get("cursor"))
        return {"page": paging.paginate(rows(run), [run.project_id], ordering, asked)}

    return page


def _gateway(run: Run, incidents: Sequence[str], query: QueryDict) -> dict[str, Any]:
    page = _paged(run_detail.mcp_calls, _CALLS)(run, incidents, query)
    return {**page, "gateway": run_detail.gateway_summary(run)}


def _legacy(run: Run, incidents: Sequence[str], query: QueryDict) -> dict[str, Any]:
    return {"legacy": evidence.mcp_legacy(run.project_id, incidents)}


def _remediation(run: Run, incidents: Sequence[str], query: QueryDict) -> dict[str, Any]:
    history = evidence.remediation_history(run.project_id, incidents)
    return {"history": history, "history_items": history["items"]}  # `.items` is a method there


_TABS: dict[str, Callable[[Run, Sequence[str], QueryDict], dict[str, Any]]] = {
    TIMELINE: _timeline,
    "steps": _paged(run_detail.steps, _STEPS),
    "gateway": _gateway,
    "legacy": _legacy,
    "remediation": _remediation,
    "inbound": _paged(run_detail.inbound, _INBOUND),
    "outbound": _paged(run_detail.outbound, _OUTBOUND),
}
