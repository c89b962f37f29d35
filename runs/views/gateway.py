"""The pages of the gateway: the calls that asked it, and why one was refused."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from awooop import listing
from awooop.listing import export, pages
from runs import lists
from runs.filter_forms import CallFilterForm
from runs.models import McpCall
from runs.selectors import gateway as selectors
from runs.views import gateway_steps, list_rows

_CSV = (
    "call_id", "project_id", "run_id", "agent_id", "tool_name", "result_status", "block_gate",
    "block_reason", "required_scope", "latency_ms", "by_gateway", "created_at",
)  # fmt: skip


@require_safe
@listing.listed(lists.CALLS)
def call_list(request: HttpRequest) -> HttpResponseBase:
    """Calls that asked the gateway, newest first; the filters are the address."""
    form = CallFilterForm(request.GET)

    def file(projects: Sequence[str]) -> HttpResponseBase:
        found = selectors.filtered(form.filters)
        rows = export.walk(projects, lambda _project: found, selectors.NEWEST, _csv_rows)
        return export.respond(request, "gateway", _CSV, rows)

    return pages.respond(
        request,
        "runs/gateway.html",
        form,
        read=lambda projects, asked: selectors.page_of_calls(form.filters, projects, asked),
        file=file,
        more=lambda _page: {"table": list_rows.CALLS},
    )


def _csv_rows(batch: list[McpCall]) -> Iterator[dict[str, Any]]:
    own = [name for name in _CSV if name != "required_scope"]
    for row, call in zip(export.of(own)(batch), batch, strict=True):
        gates = call.gate_result if isinstance(call.gate_result, dict) else {}
        yield {**row, "required_scope": gates.get("required_scope")}


@require_safe
def call_detail(request: HttpRequest, call_id: UUID) -> HttpResponse:
    """One call: what each gate said, why it was refused, and what would make it pass."""
    call = selectors.find(call_id, request.caller.projects)
    hints, is_contradiction = gateway_steps.hints(call)
    context = {
        "call": call,
        "run": call.run,
        "steps": gateway_steps.steps(call),
        "approval_id": gateway_steps.approval_of(call),
        "hints": list(hints.items()),  # a member may be called `items`
        "hints_contradict": is_contradiction,
    }
    return render(request, "runs/gateway_call.html", context)
