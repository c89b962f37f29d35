"""Take in drift: the same drift again is counted, an empty diff says that it is gone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from awooop import counters, permissions
from awooop.actions import audit
from awooop.callers import Caller
from awooop.clock import now
from awooop.errors import Invalid
from governance.drift.conditions import WINDOW
from governance.drift.diffs import Changes, changes_of, fingerprint_of
from governance.models import DriftFingerprint, DriftState

_S = DriftState
# States that another sighting reopens: what was settled is back.
SETTLED = frozenset({_S.ZERO_DIFF, _S.ADOPTED, _S.RESOLVED})
_KEPT_SIGHTINGS = 50
_WRITTEN = (
    "state",
    "occurrences",
    "recent_sightings",
    "last_seen_at",
    "pr_url",
    "next_step",
    "version",
)


@dataclass(frozen=True)
class Item:
    """One reported resource: its changed fields by path, and the pull request that mends it."""

    resource: str
    kind: str
    changes: Changes
    pr_url: str = ""


@dataclass
class Taken:
    """What a report did: new drifts, drifts seen again, drifts that are gone, and how many empty
    diffs concerned nothing known."""

    new: list[DriftFingerprint] = field(default_factory=list)
    again: list[DriftFingerprint] = field(default_factory=list)
    gone: list[DriftFingerprint] = field(default_factory=list)
    ignored: int = 0


def read_items(rows: Sequence[dict[str, Any]]) -> list[Item]:
    """Answer the items of a report with their changed fields; raises Invalid naming the item."""
    items, errors = [], {}
    for index, row in enumerate(rows):
        try:
            changes = changes_of(row["diff"])
        except ValueError as error:
            errors[f"items.{index}.diff"] = str(error)
            continue
        items.append(Item(row["resource"], row["kind"], changes, row.get("pr_url") or ""))
    if errors:
        raise Invalid(errors)
    return items


@transaction.atomic
def report(*, by: Caller, project_id: str, namespace: str, items: Sequence[Item]) -> Taken:
    """Take in what a drift detector found in a namespace; all of it or nothing.

    Raises NotFound, NotAllowed, or Conflict where the project is switched off.
    """
    permissions.check_can_write(by, "ingest", project_id)
    at = now()
    taken = Taken()
    drifting = {
        fingerprint_of(namespace, item.kind, item.resource, item.changes): item
        for item in items
        if item.changes
    }
    taken.new = _insert(project_id, namespace, drifting, at)
    new = {drift.pk for drift in taken.new}
    known = _lock(project_id, namespace, fingerprint__in=list(drifting))
    taken.again = [drift for drift in known if drift.pk not in new]
    for drift in taken.again:
        _see_again(drift, drifting[drift.fingerprint], at)
    taken.gone = _gone(project_id, namespace, items, drifting, at)
    empty = {(item.kind, item.resource) for item in items if not item.changes}
    taken.ignored = len(empty - {(drift.kind, drift.resource) for drift in taken.gone})
    DriftFingerprint.objects.bulk_update([*taken.again, *taken.gone], _WRITTEN, batch_size=500)
    _record(by, project_id, taken)
    return taken


def _insert(
    project_id: str, namespace: str, drifting: dict[str, Item], at: datetime
) -> list[DriftFingerprint]:
    """Insert what is not known; the unique constraint decides, also between processes."""
    rows = [
        DriftFingerprint(
            project_id=project_id,
            namespace=namespace,
            fingerprint=fingerprint,
            resource=item.resource,
            kind=item.kind,
            diff=item.changes,
            first_seen_at=at,
            last_seen_at=at,
            recent_sightings=[at.isoformat()],
            **_state(item),
        )
        for fingerprint, item in sorted(drifting.items())
    ]
    DriftFingerprint.objects.bulk_create(rows, ignore_conflicts=True)
    inserted = set(
        DriftFingerprint.objects.filter(pk__in=[row.pk for row in rows]).values_list(
            "pk", flat=True
        )
    )
    return [row for row in rows if row.pk in inserted]


def _lock(project_id: str, namespace: str, **more: Any) -> list[DriftFingerprint]:
    rows = DriftFingerprint.objects.select_for_update().filter(
        project_id=project_id, namespace=namespace, **more
    )
    return list(rows.order_by("fingerprint"))


def _see_again(drift: DriftFingerprint, item: Item, at: datetime) -> None:
    since = (at - WINDOW).isoformat()
    recent = [seen for seen in drift.recent_sightings if seen > since]
    drift.recent_sightings = [*recent, at.isoformat()][-_KEPT_SIGHTINGS:]
    drift.occurrences += 1
    drift.last_seen_at = at
    drift.version += 1
    if drift.state in SETTLED or (item.pr_url and drift.state != _S.HANDED_OFF):
        for name, value in _state(item).items():
            setattr(drift, name, value)
    elif item.pr_url:
        drift.pr_url = item.pr_url


def _gone(
    project_id: str,
    namespace: str,
    items: Iterable[Item],
    drifting: dict[str, Item],
    at: datetime,
) -> list[DriftFingerprint]:
    """Settle what is known of each resource whose diff is empty, or is another one now."""
    empty = {(item.kind, item.resource) for item in items if not item.changes}
    if not empty:
        return []
    found = _lock(project_id, namespace, resource__in={resource for _kind, resource in empty})
    gone = [
        drift
        for drift in found
        if (drift.kind, drift.resource) in empty
        and drift.state not in SETTLED
        and drift.fingerprint not in drifting
    ]
    for drift in gone:
        drift.state = _S.ZERO_DIFF
        drift.last_seen_at = at
        drift.version += 1
        drift.next_step = _("Nothing: what runs is what is declared.")
    return gone


def _state(item: Item) -> dict[str, str]:
    if item.pr_url:
        step = _("Review and merge the pull request.")
        return {"state": _S.PR_OPEN, "pr_url": item.pr_url, "next_step": step}
    step = _("Repair it, adopt it, or hand it to its owner.")
    return {"state": _S.DETECTED, "pr_url": "", "next_step": step}


def _record(by: Caller, project_id: str, taken: Taken) -> None:
    """Record what is new and what is gone; sightings are counted, not recorded one by one."""
    found = [("detect", drift) for drift in taken.new] + [("gone", drift) for drift in taken.gone]
    entries = [
        audit.Entry(
            f"governance.drift.{what}",
            "drift_fingerprint",
            str(drift.pk),
            {"resource": drift.resource, "kind": drift.kind, "fingerprint": drift.fingerprint},
        )
        for what, drift in found
    ]
    audit.append_many(project_id=project_id, by=by, entries=entries)
    counts = {"new": taken.new, "again": taken.again, "gone": taken.gone}
    counters.add_many(
        [
            ("awooop_drift_reported", len(rows), {"project_id": project_id, "result": name})
            for name, rows in counts.items()
            if rows
        ]
    )
