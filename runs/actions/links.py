"""Which incidents a run belongs to: found when a run, an event or a message is written, never on
read.

An id counts where it is found first, in the order: the run's `trigger_ref`, its `error_detail`,
each inbound event (newest first), each outbound message (newest first). A link keeps where that
was, so
that a later find can tell whether it comes before.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q

from awooop import bulk
from runs import incident_ids
from runs.actions import remediation
from runs.models import ChannelEvent, LinkSource, OutboundMessage, Run, RunIncident

_RANK = {source: rank for rank, source in enumerate(LinkSource.values)}
_ORDER_SQL = (
    "array_position(array['trigger_ref','error_detail','inbound','outbound'], {row}.source::text)"
)
_UPSERT = f"""
insert into runs_runincident as held
       (run_id, project_id, incident_id, source, found_at, source_id, ordinal, position)
select *, 0 from unnest(%s::uuid[], %s::text[], %s::text[], %s::text[], %s::timestamptz[],
                        %s::uuid[], %s::int[])
on conflict (run_id, incident_id) do update
   set source = excluded.source, found_at = excluded.found_at,
       source_id = excluded.source_id, ordinal = excluded.ordinal
 where {_ORDER_SQL.format(row="excluded")} < {_ORDER_SQL.format(row="held")}
    or (excluded.source = held.source
        and ((excluded.found_at, excluded.source_id) > (held.found_at, held.source_id)
             or ((excluded.found_at, excluded.source_id) = (held.found_at, held.source_id)
                 and excluded.ordinal < held.ordinal)))
"""  # noqa: S608
_RENUMBER = f"""
update runs_runincident set position = ordered.position from (
  select id, row_number() over (
    partition by run_id
    order by {_ORDER_SQL.format(row="link")}, found_at desc, source_id desc, ordinal
  ) - 1 as position
  from runs_runincident link where run_id = any(%s)) ordered
where runs_runincident.id = ordered.id and runs_runincident.position <> ordered.position
"""  # noqa: S608

# Each by one look-up: of more than a hundred values PostgreSQL does not prove that none of them is
# empty, and then it leaves the partial index of `trigger_ref` aside.
_TRIGGERED = """
select asked.project_id, asked.ref, found.run_id
  from unnest(%s::text[], %s::text[]) as asked(project_id, ref)
 cross join lateral (
   select run_id from runs_run
    where project_id = asked.project_id and trigger_ref = asked.ref and trigger_ref <> '') found
"""


@dataclass(frozen=True)
class Find:
    """An incident's id found in one place of a run's record."""

    run_id: UUID
    project_id: str
    incident_id: str
    source: str
    found_at: datetime
    source_id: UUID
    ordinal: int

    def comes_before(self, other: Find) -> bool:
        """Whether this place is earlier in the order of discovery."""
        mine, theirs = _RANK[self.source], _RANK[other.source]
        if mine != theirs:
            return mine < theirs
        newer, older = (self.found_at, self.source_id), (other.found_at, other.source_id)
        return newer > older or (newer == older and self.ordinal < other.ordinal)


def in_run(run: Run) -> list[Find]:
    """Answer what the run's own fields mention."""
    texts = ((LinkSource.TRIGGER_REF, run.trigger_ref), (LinkSource.ERROR_DETAIL, run.error_detail))
    return [
        Find(run.run_id, run.project_id, found, source, run.created_at, run.run_id, ordinal)
        for source, text in texts
        for ordinal, found in enumerate(incident_ids.find(text or ""))
    ]


def in_event(event: ChannelEvent, run_id: UUID) -> list[Find]:
    """Answer what an inbound event mentions, for one run that it belongs to."""
    found = [
        *incident_ids.from_envelope(event.source_envelope),
        *incident_ids.find(event.content_preview),
        *incident_ids.find(event.content_redacted),
    ]
    return [
        Find(
            run_id,
            event.project_id,
            ident,
            LinkSource.INBOUND,
            event.received_at,
            event.event_id,
            ordinal,
        )
        for ordinal, ident in enumerate(dict.fromkeys(found))
    ]


def in_message(message: OutboundMessage) -> list[Find]:
    """Answer what an outbound message of a run mentions."""
    if message.run_id is None:
        return []
    texts = [message.content_preview, message.send_error or ""]
    found = [ident for text in texts for ident in incident_ids.find(text)]
    return [
        Find(
            message.run_id,
            message.project_id,
            ident,
            LinkSource.OUTBOUND,
            message.queued_at,
            message.message_id,
            ordinal,
        )
        for ordinal, ident in enumerate(dict.fromkeys(found))
    ]


def events_of(run: Run) -> Q:
    """Answer the condition for the inbound events that belong to a run.

    By their run, or where the run's `trigger_ref` is the event's provider id or its own id.
    """
    condition = Q(run_id=run.run_id)
    if run.trigger_ref:
        condition |= Q(provider_event_id=run.trigger_ref)
        with suppress(ValueError):
            condition |= Q(event_id=UUID(run.trigger_ref))
    return condition


def for_new_runs(runs: Sequence[Run]) -> None:
    """Link runs that were just written: by their own fields and by events that came before them."""
    finds = [find for run in runs for find in in_run(run)]
    for run in runs:
        if run.trigger_ref:
            events = ChannelEvent.objects.filter(events_of(run), project_id=run.project_id)
            finds += [find for event in events for find in in_event(event, run.run_id)]
    write(finds)


def for_events(events: Sequence[ChannelEvent]) -> None:
    """Link the runs that events just written belong to."""
    finds = [find for event in events if event.run_id for find in in_event(event, event.run_id)]
    for event, run_id in _triggered(events):
        finds += in_event(event, run_id)
    write(finds)


def for_messages(messages: Sequence[OutboundMessage]) -> None:
    """Link the runs of messages just written, or whose `send_error` changed."""
    write([find for message in messages for find in in_message(message)])


def for_changed_detail(run: Run, before: str | None) -> None:
    """Link a run whose `error_detail` changed; an id that is no longer mentioned is forgotten."""
    if incident_ids.find(before or ""):
        relink(run)
    else:
        write(in_run(run))


@transaction.atomic
def relink(run: Run) -> None:
    """Find all links of a run anew, from everything that it wrote and was sent."""
    RunIncident.objects.filter(run=run).delete()
    finds = in_run(run)
    for event in ChannelEvent.objects.filter(events_of(run), project_id=run.project_id):
        finds += in_event(event, run.run_id)
    for message in OutboundMessage.objects.filter(run=run):
        finds += in_message(message)
    write(finds)
    remediation.refresh_runs([run.run_id])


@transaction.atomic
def write(finds: Iterable[Find]) -> None:
    """Write finds: each incident once per run, at its earliest place; refreshes the runs'
    status."""
    best: dict[tuple[UUID, str], Find] = {}
    for find in finds:
        key = (find.run_id, find.incident_id)
        if key not in best or find.comes_before(best[key]):
            best[key] = find
    if not best:
        return
    chosen = [best[key] for key in sorted(best)]
    run_ids = sorted({find.run_id for find in chosen})
    _lock_new(chosen, run_ids)
    with connection.cursor() as cursor:
        cursor.execute(_UPSERT, _columns(chosen))
        cursor.execute(_RENUMBER, [run_ids])
    remediation.refresh_runs(run_ids)


def _lock_new(chosen: list[Find], run_ids: list[UUID]) -> None:
    known = set(RunIncident.objects.filter(run_id__in=run_ids).values_list("run_id", "incident_id"))
    new = [find for find in chosen if (find.run_id, find.incident_id) not in known]
    for project_id in sorted({find.project_id for find in new}):
        remediation.lock_incidents(
            project_id, {find.incident_id for find in new if find.project_id == project_id}
        )


def _columns(chosen: list[Find]) -> list[list[object]]:
    names = ("run_id", "project_id", "incident_id", "source", "found_at", "source_id", "ordinal")
    return [[getattr(find, name) for find in chosen] for name in names]


def _triggered(events: Sequence[ChannelEvent]) -> list[tuple[ChannelEvent, UUID]]:
    by_ref: dict[tuple[str, str], list[ChannelEvent]] = {}
    for event in events:
        for ref in (event.provider_event_id, str(event.event_id)):
            by_ref.setdefault((event.project_id, ref), []).append(event)
    asked = [key for key in by_ref if key[1]]
    if not asked:
        return []
    with connection.cursor() as cursor:
        columns = zip(*asked, strict=True)
        cursor.execute(_TRIGGERED, [bulk.array_of(column, bulk.quoted) for column in columns])
        found = cursor.fetchall()
    return [(event, run_id) for *key, run_id in found for event in by_ref[tuple(key)]]
