"""How runs, incidents and gateway calls stand in their lists."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.html import conditional_escape, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from awooop import paths
from awooop.languages import retold
from awooop.listing.table import DASH, Cell, Shown, Table, below, opened
from awooop.markup import format_html
from awooop.templatetags import ui
from runs.models import Incident, McpCall, Run
from runs.selectors.remediation import RemediationSummary

INCIDENTS_NAMED = 2
RunRow = tuple[Run, RemediationSummary]
_NONE = "–"


def _run(row: RunRow, _shown: Shown) -> SafeString:
    run = row[0]
    link = opened("run-detail", run.run_id, str(run.run_id)[:8])
    shadow = format_html(" {}", ui.status("shadow")) if run.is_shadow else ""
    return _cell(link, ui.copy_button(run.run_id), shadow, below(run.trigger_type))


def _state(row: RunRow, _shown: Shown) -> SafeString:
    return _cell(ui.status(row[0].state), below(row[0].error_code, "mono"))


def _remediation(row: RunRow, _shown: Shown) -> SafeString:
    summary = row[1]
    tool = ""
    if summary["latest_tool_name"]:
        tool = format_html(
            '<span class="cell-sub mono" title="{}">{}</span>',
            summary["latest_route"],
            summary["latest_tool_name"],
        )
    return _cell(ui.status(summary["status"], title=summary["latest_preview"]), tool)


def _incidents(row: RunRow, _shown: Shown) -> SafeString:
    ids = row[1]["incident_ids"]
    link = '<a class="mono small nowrap" href="{}">{}</a>'
    named = ((paths.path("incident-detail", ident), ident) for ident in ids[:INCIDENTS_NAMED])
    more = len(ids) - INCIDENTS_NAMED
    rest = ngettext("and %(n)s more", "and %(n)s more", more) % {"n": more} if more > 0 else ""
    return format_html(
        '<div class="stack-xs">{}{}</div>', format_html_join("", link, named) or DASH, below(rest)
    )


def _cell(*parts: object) -> SafeString:
    return SafeString(f"<div>{''.join([conditional_escape(part) for part in parts])}</div>")


def _of_run(name: str, draw: Callable[[Any], object]) -> Callable[[RunRow, Shown], object]:
    return lambda row, _shown: draw(getattr(row[0], name))


def _of(name: str, draw: Callable[[Any], object]) -> Callable[[Any, Shown], object]:
    return lambda row, _shown: draw(getattr(row, name))


def _or_dash(value: object) -> object:
    return value or _NONE


RUNS = Table(
    "run",
    lambda row: row[0].run_id,
    (
        Cell("", gettext_lazy("Run"), _run, "nowrap"),
        Cell("project", gettext_lazy("Project"), _of_run("project_id", str)),
        Cell("agent", gettext_lazy("Agent"),
             lambda row, shown: shown.link("agent_id", row[0].agent_id), "cell-name"),
        Cell("state", gettext_lazy("State"), _state),
        Cell("remediation", gettext_lazy("Remediation"), _remediation, "cell-id"),
        Cell("incidents", gettext_lazy("Incidents"), _incidents),
        Cell("steps", gettext_lazy("Steps"), _of_run("step_count", ui.number), is_number=True),
        Cell("cost", gettext_lazy("Cost"), _of_run("cost_usd", ui.money), is_number=True),
        Cell("created", gettext_lazy("Created"), _of_run("created_at", ui.ago), "nowrap"),
        Cell("worker", gettext_lazy("Worker"), _of_run("worker_id", _or_dash), "cell-id"),
        Cell("started", gettext_lazy("Started"), _of_run("started_at", ui.ago), "nowrap"),
        Cell("ended", gettext_lazy("Ended"), _of_run("completed_at", ui.ago), "nowrap"),
    ),
)  # fmt: skip


def _incident(incident: Incident, _shown: Shown) -> SafeString:
    link = format_html(
        '<a class="row-link" href="{}">{}</a>',
        paths.path("incident-detail", incident.incident_id),
        incident.title,
    )
    return _cell(link, below(incident.incident_id, "mono"))


def _resolved(incident: Incident, _shown: Shown) -> SafeString:
    if not incident.disposition:
        return _cell(_NONE)
    return _cell(ui.status(incident.disposition), below(ui.ago(incident.resolved_at)))


INCIDENTS = Table(
    "incident",
    lambda incident: incident.incident_id,
    (
        Cell("", gettext_lazy("Incident"), _incident, "cell-text"),
        Cell("severity", gettext_lazy("Severity"), _of("severity", ui.severity)),
        Cell("status", gettext_lazy("Status"), _of("status", ui.status)),
        Cell("project", gettext_lazy("Project"), _of("project_id", str)),
        Cell("source", gettext_lazy("Source"), _of("source", str), "cell-name"),
        Cell("recurred", gettext_lazy("Recurred"), _of("recurrence_count", ui.number),
             is_number=True),
        Cell("opened", gettext_lazy("Opened"), _of("opened_at", ui.ago), "nowrap"),
        Cell("seen", gettext_lazy("Last seen"), _of("last_seen_at", ui.ago), "nowrap"),
        Cell("resolved", gettext_lazy("Resolved"), _resolved),
    ),
)  # fmt: skip


def _call(call: McpCall, _shown: Shown) -> SafeString:
    link = opened("gateway-call", call.call_id, call.tool_name)
    return _cell(link, below("" if call.by_gateway else _("reported by the worker")))


def _verdict(call: McpCall, _shown: Shown) -> SafeString:
    is_shadow = _gates(call).get("is_shadow") is True
    shadow = format_html(" {}", ui.status("shadow")) if is_shadow else ""
    return _cell(ui.status(call.result_status), shadow)


def _refused(call: McpCall, _shown: Shown) -> SafeString:
    reason = below(retold(call.block_reason), "clamp-2") if call.block_reason else ""
    return _cell(call.block_gate or _NONE, reason)


def _its_run(call: McpCall, _shown: Shown) -> SafeString:
    if call.run_id is None:
        return DASH
    address = paths.path("run-detail", call.run_id)
    return format_html(
        '<span class="copyable"><a class="mono" href="{}">{}</a>{}</span>',
        address,
        str(call.run_id)[:8],
        ui.copy_button(call.run_id),
    )


def _gates(call: McpCall) -> dict[str, Any]:
    return call.gate_result if isinstance(call.gate_result, dict) else {}


CALLS = Table(
    "call",
    lambda call: call.call_id,
    (
        Cell("", gettext_lazy("Tool"), _call, "cell-id"),
        Cell("agent", gettext_lazy("Agent"),
             lambda call, shown: shown.link("agent_id", call.agent_id), "cell-name"),
        Cell("project", gettext_lazy("Project"), _of("project_id", str)),
        Cell("verdict", gettext_lazy("Verdict"), _verdict),
        Cell("refused", gettext_lazy("Refused by"), _refused, "cell-text"),
        Cell("scope", gettext_lazy("Scope"),
             lambda call, _shown: _gates(call).get("required_scope") or _NONE),
        Cell("run", gettext_lazy("Run"), _its_run, "nowrap"),
        Cell("took", gettext_lazy("Took"), _of("latency_ms", ui.ms), is_number=True),
        Cell("when", gettext_lazy("When"), _of("created_at", ui.ago), "nowrap"),
    ),
)  # fmt: skip
