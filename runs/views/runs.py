"""The pages of runs: the list and its CSV, one run, its cancellation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from awooop import listing, paging, permissions, together
from awooop.errors import Conflict
from awooop.listing import export, pages
from awooop.models.note import NoteSubject
from awooop.notes import reads as notes
from awooop.together import Asking
from runs import lists, policies, status_chain
from runs.actions import runs as actions
from runs.filter_forms import CancelForm, RunFilterForm
from runs.models import Approval, Run, RunState
from runs.selectors import approvals, remediation, run_detail, run_tabs
from runs.selectors import runs as selectors
from runs.status_chain import drawing
from runs.views import list_rows

_CSV = (
    "run_id", "project_id", "agent_id", "state", "is_shadow", "remediation_status", "trigger_type",
    "trigger_ref", "worker_id", "cost_usd", "step_count", "attempt_count", "error_code",
    "created_at", "started_at", "completed_at", "timeout_at",
)  # fmt: skip


@require_safe
@listing.listed(lists.RUNS)
def run_list(request: HttpRequest) -> HttpResponseBase:
    """Runs, newest first; the filters are the address; `format=csv` is all of them as a file."""
    form = RunFilterForm(request.GET)
    return pages.respond(
        request,
        "runs/run_list.html",
        form,
        read=lambda projects, asked: selectors.page_of_runs(form.filters, projects, asked),
        file=lambda projects: _file(request, form.filters, projects),
        more=_with_summaries,
    )


def _with_summaries(page: paging.Page) -> dict[str, Any]:
    summaries = remediation.summaries(page.items)
    rows = [(run, summaries[run.run_id]) for run in page.items]
    return {"rows": rows, "table": list_rows.RUNS}


def _file(
    request: HttpRequest, filters: selectors.RunFilters, projects: Sequence[str]
) -> HttpResponseBase:
    def rows_of(project_id: str) -> QuerySet[Run]:
        return selectors.filtered(filters, [project_id])

    rows = export.walk(projects, rows_of, selectors.NEWEST, _csv_rows)
    return export.respond(request, "runs", (*_CSV, "incident_ids"), rows)


def _csv_rows(batch: list[Run]) -> Iterator[dict[str, Any]]:
    incidents = selectors.linked_incidents(batch)
    for row, run in zip(export.of(_CSV)(batch), batch, strict=True):
        yield {**row, "incident_ids": incidents[run.run_id]}


@require_safe
def run_page(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """One run: what it is, what waits, and its story or one kind of its records (`tab`)."""
    run = selectors.find(run_id, request.caller.projects)
    incidents = selectors.linked_incidents([run])[run.run_id]
    tab = request.GET.get("tab", run_tabs.TIMELINE)
    of_run = {run.run_id: incidents}
    shown, counts, chains, summaries, approval, beside = together.answers(
        run_tabs.asking(tab, run, incidents, request.GET),
        run_detail.asking_counts(run, incidents),
        status_chain.asking_of_runs([run], of_run),
        remediation.asking([run], of_run),
        _asking_approval(run),
        together.each(_beside(run)),
    )
    chain = chains.get(run.run_id)
    context = {
        "run": run,
        "incidents": incidents,
        "summary": summaries[run.run_id],
        "chain": chain,
        "steps": drawing.steps(chain) if chain else [],
        "approval": approval,
        "may_cancel": _may_cancel(request, run, is_active=beside["is_active"]),
        "tabs": _tabs(run, tab, counts),
        "tab": tab,
        **shown,
        **beside,
    }
    return render(request, "runs/run_detail.html", context)


def _asking_approval(run: Run) -> Asking[Approval | None]:
    if run.state != RunState.WAITING_APPROVAL:
        return None
    approval = yield from approvals.asking_of_run(run)
    return approval


def _beside(run: Run) -> dict[str, together.Read]:
    """Ask for the notes on the run, and whether its project is on."""
    return {
        "noted": notes.on(run.project_id, NoteSubject.RUN, str(run.run_id)),
        "is_active": permissions.is_active(run.project_id),
    }


def _may_cancel(request: HttpRequest, run: Run, *, is_active: bool) -> bool:
    if run.state in policies.FINAL or not is_active:
        return False
    return permissions.can(request.caller, "run.cancel", run.project_id)


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
