"""Open incidents that were told of, one or many."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from awooop import bulk
from awooop.callers import Caller
from awooop.clock import now
from awooop.errors import Conflict, Unavailable
from runs import incident_ids, signals
from runs.actions import batches
from runs.actions.batches import Batch, Written
from runs.models import Incident, IncidentStatus

# Two thousand million a day: long enough that a list of fresh ids does not meet one that is there.
_ID_LENGTH = 6


@transaction.atomic
def add(*, by: Caller, batch: Batch) -> Written:
    """Open incidents, under a fresh id where none is given; the same `incident_id` is a no-op.

    Raises NotFound, NotAllowed, Invalid, or Conflict: an id that is another project's, or
    `fingerprint_open` where an open incident stands for the same alert group already.
    """
    project_id = batches.project_of(by, batch)
    batches.permit(by, project_id, batch)
    incidents = batches.build(Incident, batch, lambda row: _columns(project_id, row))
    inserted = bulk.insert_new(_in_order(incidents))
    left = {each.pk for each in incidents} - inserted
    if left:
        left -= _held(project_id, left)
        _check_fingerprints(batch, project_id, incidents, left)
        _check_left(batch, incidents, left)
    opened = [each for each in incidents if each.pk in inserted]
    if opened:
        signals.incidents_opened.send(sender=Incident, incidents=opened, by=by)
    return batches.summed_up("incident", project_id, incidents, inserted)


def _columns(project_id: str, row: dict[str, Any]) -> dict[str, Any]:
    opened = row["opened_at"] or now()
    return {
        **row,
        "project_id": project_id,
        "incident_id": row["incident_id"] or incident_ids.new_id(opened.date(), _ID_LENGTH),
        "title": batches.clean(row["title"], 255),
        "labels": batches.clean_json(row["labels"]),
        "annotations": batches.clean_json(row["annotations"]),
        "opened_at": opened,
        "last_seen_at": row["last_seen_at"] or opened,
    }


def _in_order(incidents: list[Incident]) -> list[Incident]:
    """Each once, in one order everywhere, so that two writers cannot wait for each other."""
    first = {each.pk: each for each in reversed(incidents)}
    return sorted(first.values(), key=lambda each: (each.fingerprint, each.pk))


def _held(project_id: str, keys: set[str]) -> set[str]:
    held = Incident.objects.filter(project_id=project_id, incident_id__in=keys)
    return set(held.values_list("incident_id", flat=True))


def _check_fingerprints(
    batch: Batch, project_id: str, incidents: list[Incident], left: set[str]
) -> None:
    groups = {each.fingerprint for each in incidents if each.pk in left} - {""}
    waiting = Incident.objects.filter(project_id=project_id, fingerprint__in=groups)
    is_open = dict(
        waiting.exclude(status=IncidentStatus.RESOLVED).values_list("fingerprint", "incident_id")
    )
    clashing = [
        index
        for index, each in enumerate(incidents)
        if each.pk in left and each.fingerprint in is_open
    ]
    if clashing:
        holder = is_open[incidents[clashing[0]].fingerprint]
        message = f"{holder} is open for this alert group already"
        refused = Conflict(f"{message}.", code="fingerprint_open", incident_id=holder)
        refused.errors = batch.errors(clashing, "fingerprint", message)
        raise refused


def _check_left(batch: Batch, incidents: list[Incident], left: set[str]) -> None:
    chosen = {row["incident_id"] for row in batch.rows}
    batches.check_not_taken(batch, incidents, left & chosen)
    if left:
        raise Unavailable("A fresh incident id was taken. Try again in a moment.")
