"""The pages of runs: the list and its CSV, one run, its cancellation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from awooop import csv_export, paging, permissions
from awooop.errors import Conflict, Invalid
from runs import policies, status_chain
from runs.actions import runs as actions
from runs.filter_forms import CancelForm, RunFilterForm
from runs.models import Run, RunState
from runs.selectors import approvals, remediation, run_detail, run_tabs
from runs.selectors import runs as selectors
from runs.status_chain import drawing
from runs.views.addresses import cleared

_CSV = (
    "run_id", "project_id", "agent_id", "state", "is_shadow", "remediation_status", "trigger_type",
    "trigger_ref", "worker_id", "cost_usd", "step_count", "attempt_count", "error_code",
    "created_at", "started_at", "completed_at", "timeout_at",
)  # fmt: skip


@require_safe
def run_list(request: HttpRequest) -> HttpResponseBase:
    """Runs, newest first; the filters are the address; `format=csv` is all of them as a file."""
    projects = permissions.readable_projects(request.caller, request.GET.get("project_id"))
    form = RunFilterForm(request.GET)
    if not form.is_valid():
        return _list_page(request, {"form": form}, status=422)
    try:
        if _wants_file(request):
            rows = _csv_rows(form.filters, projects)
            return csv_export.respond("runs", (*_CSV, "incident_ids"), rows)
        page = selectors.page_of_runs(form.filters, projects, _asked(request))
    except Invalid as invalid:
        form.refuse(invalid)
        return _list_page(request, {"form": form}, status=422)
    summaries = remediation.summaries(page.items)
    rows = [(run, summaries[run.run_id]) for run in page.items]
    return _list_page(request, {"form": form, "page": page, "rows": rows})


def _list_page(request: HttpRequest, context: dict[str, Any], status: int = 200) -> HttpResponse:
    is_first = not request.GET.keys() & {"cursor", "page"}
    is_fragment = request.htmx and not request.htmx.boosted
    template = "runs/run_list.html#table" if is_fragment else "runs/run_list.html"
    context |= {"is_live": is_first and status == 200, "clear_href": cleared(request)}
    response = render(request, template, context, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _wants_file(request: HttpRequest) -> bool:
    """Whether the list is asked for as a file; raises Invalid for a kind that there is not."""
    wanted = request.GET.get("format", "")
    if wanted not in ("", "csv"):
        raise Invalid({"format": _("must be csv, or left out")})
    return bool(wanted)


def _asked(request: HttpRequest) -> paging.PageRequest:
    given = request.GET
    return paging.parse_request(given.get("page"), given.get("per_page", 50), given.get("cursor"))


def _csv_rows(filters: selectors.RunFilters, projects: Sequence[str]) -> Iterator[Sequence[Any]]:
    for project_id in projects:
        last: Run | None = None
        while True:
            with csv_export.reading([project_id]):
                batch = selectors.next_runs(filters, project_id, after=last)
                incidents = selectors.linked_incidents(batch) if batch else {}
            for run in batch:
                yield [*(getattr(run, name) for name in _CSV), incidents[run.run_id]]
            if len(batch) < selectors.BATCH:
                break
            last = batch[-1]


@require_safe
def run_page(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """One run: what it is, what waits, and its story or one kind of its records (`tab`)."""
    run = selectors.find(run_id, request.caller.projects)
    incidents = selectors.linked_incidents([run])[run.run_id]
    counts = run_detail.counts(run, incidents)
    tab = request.GET.get("tab", run_tabs.TIMELINE)
    chain = status_chain.of_runs([run], {run.run_id: incidents}).get(run.run_id)
    context = {
        "run": run,
        "incidents": incidents,
        "summary": remediation.summaries([run])[run.run_id],
        "chain": chain,
        "steps": drawing.steps(chain) if chain else [],
        "approval": _waiting_approval(run),
        "may_cancel": _may_cancel(request, run),
        "tabs": _tabs(run, tab, counts),
        "tab": tab,
        **run_tabs.content(tab, run, incidents, request.GET),
    }
    return render(request, "runs/run_detail.html", context)


def _waiting_approval(run: Run) -> Any:
    if run.state != RunState.WAITING_APPROVAL:
        return None
    return approvals.waiting_for_run(run)


def _may_cancel(request: HttpRequest, run: Run) -> bool:
    allowed = permissions.can_write(request.caller, "run.cancel", run.project_id)
    return allowed and run.state not in policies.FINAL


def _tabs(run: Run, current: str, counts: dict[str, int]) -> list[dict[str, Any]]:
    here = reverse("run-detail", args=[run.run_id])
    return [
        {
            "href": here if name == run_tabs.TIMELINE else f"{here}?tab={name}",
            "label": label,
            "active": name == current,
            "count": counts.get(counted),
        }
        for name, (label, counted) in run_tabs.LABELS.items()
    ]


@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """Ask why, and cancel the run."""
    run = selectors.find(run_id, request.caller.projects)
    permissions.check_can(request.caller, "run.cancel", run.project_id)
    form = CancelForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.cancel(by=request.caller, run_id=run_id, reason=form.cleaned_data["reason"])
        except Conflict as refused:
            form.add_error(None, refused.detail)
            return _cancel_page(request, run, form, status=409)
        messages.success(request, _("The run is cancelled; its worker is told by its state."))
        return redirect("run-detail", run_id=run_id)
    return _cancel_page(request, run, form, status=422 if request.method == "POST" else 200)


def _cancel_page(request: HttpRequest, run: Run, form: CancelForm, status: int) -> HttpResponse:
    return render(request, "runs/run_cancel.html", {"run": run, "form": form}, status=status)
