"""Store what a channel sent: one original per provider id, repeats marked."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from awooop import bulk
from awooop.callers import Caller
from runs.actions import batches, links
from runs.actions.batches import Batch, Written
from runs.models import ChannelEvent, Run

PREVIEW = 500


@transaction.atomic
def add(*, by: Caller, batch: Batch) -> Written:
    """Store inbound events; the same `event_id` again is a no-op, a repeat a marked duplicate.

    `duplicates` counts both. Raises NotFound, NotAllowed, Invalid, or Conflict for an id that is
    another's.
    """
    project_id = batches.project_of(by, batch)
    batches.permit(by, project_id, batch)
    # Locked, because links may change their status: the order is runs, then incidents.
    runs = Run.objects.filter(project_id=project_id).only("run_id")
    batches.referred(batch, "run_id", "run", runs.select_for_update(no_key=True))
    events = batches.build(ChannelEvent, batch, lambda row: _columns(project_id, row))
    originals, repeats = _store(batch, project_id, events)
    new = originals | repeats
    stored = [each for each in _each_once(events) if each.pk in new]
    links.for_events(stored)
    batches.count("channel_event", project_id, len(stored))
    return Written(len(stored), len(events) - len(originals), [each.pk for each in events])


def _columns(project_id: str, row: dict[str, Any]) -> dict[str, Any]:
    content = batches.clean(row["content"])
    given = row["content_preview"]
    preview = content[:PREVIEW] if given is None else batches.clean(given, PREVIEW)
    return {
        **row,
        "project_id": project_id,
        "content_redacted": content,
        "content_preview": preview,
        "source_envelope": batches.clean_json(row["source_envelope"]),
    }


def _store(batch: Batch, project_id: str, events: list[ChannelEvent]) -> tuple[set, set]:
    """Insert originals, then what lost to one as duplicates; answers the keys of both.

    The partial unique index decides, so that of any number of simultaneous originals one wins.
    """
    once = _each_once(events)
    originals = bulk.insert_new(_in_order(once))
    lost = [each for each in once if each.pk not in originals]
    if not lost:
        return originals, set()
    there = _held(project_id, lost)
    repeats = [each for each in lost if each.pk not in there]
    for each in repeats:
        each.is_duplicate = True
    stored = bulk.insert_new(_in_order(repeats))
    missing = {each.pk for each in repeats} - stored
    batches.check_not_taken(batch, events, missing - _held(project_id, repeats))
    return originals, stored


def _each_once(events: list[ChannelEvent]) -> list[ChannelEvent]:
    return list({each.pk: each for each in reversed(events)}.values())[::-1]


def _in_order(events: list[ChannelEvent]) -> list[ChannelEvent]:
    """In one order everywhere, so that two writers of the same events cannot wait for each other.

    Stable: of two with one provider id in a list the first is the original.
    """
    return sorted(events, key=lambda each: (each.channel_type, each.provider_event_id))


def _held(project_id: str, events: list[ChannelEvent]) -> set[Any]:
    if not events:
        return set()
    held = ChannelEvent.objects.filter(
        project_id=project_id, event_id__in=[each.pk for each in events]
    )
    return set(held.values_list("event_id", flat=True))
