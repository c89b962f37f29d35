"""The list of drifts, with what may be done about each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from awooop import paging
from awooop.clock import now
from awooop.errors import Invalid, NotFound
from governance.drift import incidents
from governance.drift.conditions import auto_adopt, recurrences
from governance.models import DriftFingerprint, DriftState

NEWEST = paging.Ordering("drift.newest", ("last_seen_at", "id"))
PER_PAGE = 50


def parse_filters(given: Mapping[str, str | None]) -> dict[str, str]:
    """Check `namespace` and `state` as they came from a query string; raises Invalid."""
    found = {name: given.get(name) or "" for name in ("namespace", "state")}
    errors = {}
    if len(found["namespace"]) > 253:
        errors["namespace"] = _("must have at most 253 characters")
    if found["state"] and found["state"] not in DriftState.values:
        errors["state"] = _("must be one of: %(allowed)s") % {
            "allowed": ", ".join(DriftState.values)
        }
    if errors:
        raise Invalid(errors)
    return {name: value for name, value in found.items() if value}


def newest(
    projects: Sequence[str], filters: Mapping[str, str], request: paging.PageRequest
) -> paging.Page:
    """Answer one page of drifts, last seen first; items are as `as_row` has them."""
    page = paging.paginate(filtered(filters), projects, NEWEST, request)
    page.items = as_rows(page.items)
    return page


def filtered(filters: Mapping[str, str]) -> QuerySet[DriftFingerprint]:
    """Answer the drifts that the filters leave, not yet restricted to projects, nor ordered."""
    return DriftFingerprint.objects.filter(**filters)


def get(projects: Sequence[str], drift_id: UUID) -> dict[str, Any]:
    """Answer one drift as the list has it; raises NotFound."""
    drift = paging.restrict(DriftFingerprint.objects.filter(pk=drift_id), projects).first()
    if drift is None:
        raise NotFound(_("No such drift, or none that you may see."))
    return as_rows([drift])[0]


def as_rows(drifts: Sequence[DriftFingerprint]) -> list[dict[str, Any]]:
    """Answer each drift with its recurrence, handoff, next step and auto-adoption."""
    at = now()
    open_incidents = incidents.open_on(drifts)
    return [_row(drift, at, open_incidents[drift.pk]) for drift in drifts]


def _row(drift: DriftFingerprint, at: Any, open_incidents: list[str] | None) -> dict[str, Any]:
    conditions = auto_adopt(drift, at=at, open_incidents=open_incidents)
    return {
        "id": drift.pk,
        "project_id": drift.project_id,
        "namespace": drift.namespace,
        "fingerprint": drift.fingerprint,
        "resource": drift.resource,
        "kind": drift.kind,
        "state": drift.state,
        "state_label": drift.get_state_display(),
        "occurrences": drift.occurrences,
        "recurrence": {"total": drift.occurrences - 1, "last_24h": recurrences(drift, at)},
        "first_seen_at": drift.first_seen_at,
        "last_seen_at": drift.last_seen_at,
        "diff": drift.diff,
        "pr_url": drift.pr_url or None,
        "zero_diff": drift.state == DriftState.ZERO_DIFF,
        "handoff": {
            "handed_off": drift.state == DriftState.HANDED_OFF,
            "owner": drift.owner or None,
        },
        "open_incidents": open_incidents,
        "next_step": drift.next_step,
        "auto_adopt": {
            "eligible": all(condition.ok for condition in conditions),
            "conditions": [asdict(condition) for condition in conditions],
        },
    }
