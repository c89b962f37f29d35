"""What each tab of a run's page shows: its story, or one kind of its records."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from awooop import paging, together
from awooop.errors import Invalid
from awooop.together import Asking
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


_Tab = Callable[[Run, Sequence[str], QueryDict], Asking[dict[str, Any]]]


def asking(
    tab: str, run: Run, incidents: Sequence[str], query: QueryDict
) -> Asking[dict[str, Any]]:
    """Ask for what the tab's template needs; raises Invalid for an unknown tab, cursor or kind."""
    if tab not in LABELS:
        raise Invalid({"tab": _("must be one of %(allowed)s") % {"allowed": ", ".join(LABELS)}})
    return _TABS[tab](run, incidents, query)


def _timeline(run: Run, incidents: Sequence[str], query: QueryDict) -> Asking[dict[str, Any]]:
    kind = query.get("kind", "")
    page = yield from timeline.asking(
        run,
        incidents,
        kinds=[kind] if kind else (),
        cursor=query.get("cursor") or None,
        end=query.get("from") or "start",
    )
    return {"timeline": page, "kind": kind, "kinds": _KINDS}


def _paged(rows: Callable[[Run], Any], ordering: paging.Ordering) -> _Tab:
    def page(run: Run, incidents: Sequence[str], query: QueryDict) -> Asking[dict[str, Any]]:
        asked = paging.parse_request(query.get("page"), 50, query.get("cursor"))
        found = yield from paging.asking(rows(run), [run.project_id], ordering, asked)
        return {"page": found}

    return page


def _gateway(run: Run, incidents: Sequence[str], query: QueryDict) -> Asking[dict[str, Any]]:
    page, summary = yield from together.join(
        _paged(run_detail.mcp_calls, _CALLS)(run, incidents, query),
        together.each({"gateway": run_detail.gateway_summary(run)}),
    )
    return {**page, **summary}


def _legacy(run: Run, incidents: Sequence[str], query: QueryDict) -> Asking[dict[str, Any]]:
    legacy = yield from evidence.asking_mcp_legacy(run.project_id, incidents)
    return {"legacy": legacy}


def _remediation(run: Run, incidents: Sequence[str], query: QueryDict) -> Asking[dict[str, Any]]:
    history = yield from evidence.asking_remediation_history(run.project_id, incidents)
    return {"history": history, "history_items": history["items"]}  # `.items` is a method there


_TABS: dict[str, _Tab] = {
    TIMELINE: _timeline,
    "steps": _paged(run_detail.steps, _STEPS),
    "gateway": _gateway,
    "legacy": _legacy,
    "remediation": _remediation,
    "inbound": _paged(run_detail.inbound, _INBOUND),
    "outbound": _paged(run_detail.outbound, _OUTBOUND),
}
