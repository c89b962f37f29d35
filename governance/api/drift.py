"""Drift reports, the state of each fingerprint, and what settles one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any
from uuid import UUID

from django.http import HttpRequest

from awooop import permissions
from awooop.paging import PageRequest
from awooop.rest import GOVERN, INGEST, PROBLEMS, READ, Page, PerPage
from governance.actions import drift as settling
from governance.actions import drift_reports
from governance.api.base import listed, router
from governance.models import DriftFingerprint
from governance.schemas.drift import DriftReported, DriftReportIn, Drifts, SettledOut, SettleIn
from governance.selectors import drift as drifts


@router.post("/drift/reports", response={200: DriftReported, **PROBLEMS}, auth=INGEST)
def report_drift(request: HttpRequest, body: DriftReportIn):
    """Take in what a drift detector found; the same drift again raises its occurrences, an empty
    diff says that the resource has none left."""
    project_id = permissions.writable_project(request.caller, body.project_id)
    items = drift_reports.read_items([item.model_dump(mode="json") for item in body.items])
    taken = drift_reports.report(
        by=request.caller, project_id=project_id, namespace=body.namespace, items=items
    )
    new = {drift.pk for drift in taken.new}
    return {
        "project_id": project_id,
        "namespace": body.namespace,
        "received": len(body.items),
        "new": len(taken.new),
        "again": len(taken.again),
        "gone": len(taken.gone),
        "ignored": taken.ignored,
        "items": [_seen(one, new) for one in (*taken.new, *taken.again, *taken.gone)],
    }


def _seen(drift: DriftFingerprint, new: set[UUID]) -> dict[str, Any]:
    names = ("id", "resource", "kind", "fingerprint", "state", "occurrences")
    return {**{name: getattr(drift, name) for name in names}, "is_new": drift.pk in new}


@router.get("/drift/fingerprints/state", response={200: Drifts, **PROBLEMS}, auth=READ)
def list_drift(
    request: HttpRequest,
    project_id: str | None = None,
    namespace: str | None = None,
    state: str | None = None,
    page: Page = 1,
    size: PerPage = 50,
    cursor: str | None = None,
):
    """Each fingerprint's state, last seen first, with whether it may be adopted unasked."""
    projects = permissions.readable_projects(request.caller, project_id)
    filters = drifts.parse_filters({"namespace": namespace, "state": state})
    found = drifts.newest(projects, filters, PageRequest(page, size, cursor or None))
    return listed(found, found.items)


def _operation(verb: str) -> Callable[..., Any]:
    def settle(request: HttpRequest, drift_id: UUID, body: SettleIn | None = None):
        body = body or SettleIn()
        settled = settling.settle(
            by=request.caller,
            drift_id=drift_id,
            verb=verb,
            dry_run=body.dry_run,
            owner=body.owner,
            note=body.note,
            fingerprint=body.dry_run_plan_fingerprint,
        )
        return _settled(settled)

    state = settling.VERBS[verb].state
    settle.__doc__ = f"Bring a drift to `{state}`: a dry run first, then with its fingerprint."
    return settle


def _settled(settled: settling.Settled) -> dict[str, Any]:
    conditions = [asdict(condition) for condition in settled.conditions]
    return {
        "id": settled.drift.pk,
        "status": settled.status,
        "state": settled.drift.state,
        "dry_run": settled.dry_run,
        "owner": settled.owner,
        "note": settled.note,
        "next_step": settled.next_step,
        "auto_adopt": {
            "eligible": all(condition.ok for condition in settled.conditions),
            "conditions": conditions,
        },
        "dry_run_plan_fingerprint": settled.dry_run_plan_fingerprint,
    }


for _verb in settling.VERBS:
    router.post(
        f"/drift/fingerprints/{{drift_id}}/{_verb}",
        response={200: SettledOut, **PROBLEMS},
        auth=GOVERN,
        operation_id=f"drift_{_verb}",
        summary=f"{_verb.capitalize()} a drift",
    )(_operation(_verb))
