"""What stands beside a decision: the run's latest steps, and what is on record about the incident.

One statement for any number of approvals: each set is one lateral look-up by an index.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models.expressions import RawSQL

from awooop import together
from awooop.together import Asking, Read
from runs.models import (
    Approval,
    Incident,
    LegacyMcpRecord,
    RemediationMode,
    RemediationRecord,
    Step,
)

Key = tuple[str, str]
STEPS, RECORDS = 3, 2

_LATEST_STEPS = """
select latest.step_id from unnest(%s::uuid[]) as wanted(run_id)
cross join lateral (
  select step_id from runs_step where run_id = wanted.run_id
   order by created_at desc, step_id desc limit %s) latest
"""
_LATEST_RECORDS = """
select latest.id from unnest(%s::text[], %s::text[]) as wanted(project_id, incident_id)
cross join lateral (
  select id from {table}
   where project_id = wanted.project_id and incident_id = wanted.incident_id
   order by created_at desc, id desc limit %s) latest
"""
# The latest dry run as well, however many records came after it.
_REMEDIATIONS = """
select latest.id from unnest(%s::text[], %s::text[]) as wanted(project_id, incident_id)
cross join lateral (
  (select id from runs_remediationrecord
    where project_id = wanted.project_id and incident_id = wanted.incident_id
    order by created_at desc, id desc limit %s)
  union
  (select id from runs_remediationrecord
    where project_id = wanted.project_id and incident_id = wanted.incident_id and mode = 'dry_run'
    order by created_at desc, id desc limit 1)) latest
"""
_LEGACY = _LATEST_RECORDS.format(table="runs_legacymcprecord")


@dataclass
class Beside:
    """The evidence of one approval, newest first; `incident` is None where it is not known here,
    `dry_run` is the latest: it is not among the others."""

    incident: Incident | None = None
    steps: list[Step] = field(default_factory=list)
    remediations: list[RemediationRecord] = field(default_factory=list)
    dry_run: RemediationRecord | None = None
    legacy: list[LegacyMcpRecord] = field(default_factory=list)

    @property
    def has_come_back(self) -> bool:
        """Whether the incident's alert has fired again since it was opened."""
        return self.incident is not None and self.incident.recurrence_count > 0


def asking(approvals: Sequence[Approval]) -> Asking[dict[UUID, Beside]]:
    """Ask for the evidence of each approval, by its id."""
    if not approvals:
        return {}
    keys = sorted({(one.project_id, one.incident_id) for one in approvals if one.incident_id})
    incidents, steps, remediations, legacy = yield (
        _incidents(keys),
        _steps([one.run_id for one in approvals if one.run_id]),
        _records(RemediationRecord, _REMEDIATIONS, keys),
        _records(LegacyMcpRecord, _LEGACY, keys),
    )
    return {
        one.pk: Beside(
            incident=incidents.get((one.project_id, one.incident_id)),
            steps=steps[one.run_id],
            **_sorted_out(remediations[(one.project_id, one.incident_id)]),
            legacy=legacy[(one.project_id, one.incident_id)],
        )
        for one in approvals
    }


def _sorted_out(records: list[RemediationRecord]) -> dict[str, Any]:
    dry_run = next((one for one in records if one.mode == RemediationMode.DRY_RUN), None)
    others = [one for one in records[:RECORDS] if one is not dry_run]
    return {"remediations": others, "dry_run": dry_run}


def _incidents(keys: list[Key]) -> Read:
    rows = Incident.objects.filter(
        project_id__in={project for project, _ in keys},
        incident_id__in=[ident for _, ident in keys],
    )
    return together.objects(rows).then(lambda found: {_key(row): row for row in found})


def _steps(run_ids: list[UUID]) -> Read:
    if not run_ids:
        return together.nothing(defaultdict(list))
    wanted = RawSQL(_LATEST_STEPS, [run_ids, STEPS])  # noqa: S611 - constant text, bound values
    rows = Step.objects.filter(pk__in=wanted).order_by("-created_at", "-step_id")
    return together.objects(rows).then(lambda found: _grouped(found, lambda row: row.run_id))


def _records(model: type, sql: str, keys: list[Key]) -> Read:
    if not keys:
        return together.nothing(defaultdict(list))
    projects, incidents = [key[0] for key in keys], [key[1] for key in keys]
    wanted = RawSQL(sql, [projects, incidents, RECORDS])  # noqa: S611 - as above
    rows = model.objects.filter(pk__in=wanted).order_by("-created_at", "-id")
    return together.objects(rows).then(lambda found: _grouped(found, _key))


def _key(row: Any) -> Key:
    return row.project_id, row.incident_id


def _grouped(rows: list[Any], key: Callable[[Any], Any]) -> dict[Any, list[Any]]:
    found: dict[Any, list[Any]] = defaultdict(list)
    for row in rows:
        found[key(row)].append(row)
    return found
