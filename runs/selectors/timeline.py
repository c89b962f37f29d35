"""One run's story, merged in time order by the database, a page at a time from either end.

Each kind of record is one arm of a UNION ALL. An arm reads at most a page of rows beyond the
cursor, by an index of its own, so the last page of a long run costs what the first does. The order
is (moment, rank of the arm, id): total, so that no item is lost or repeated between pages.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core import signing
from django.utils.translation import gettext as _

from awooop import together
from awooop.errors import Invalid
from awooop.together import Asking
from runs.models import Run
from runs.selectors import timeline_arms
from runs.selectors.timeline_items import TimelineItem, item

PER_PAGE = 100
KINDS = ("run", "inbound", "step", "approval", "mcp", "remediation", "outbound", "note")
ENDS = ("start", "end")


@dataclass(frozen=True)
class TimelinePage:
    """Items in time order; `next_cursor` leads to later ones, `prev_cursor` to earlier ones."""

    items: list[TimelineItem]
    next_cursor: str | None
    prev_cursor: str | None


@dataclass(frozen=True)
class _Place:
    """A place in the order and the way to go from it; without a moment, an end of the story."""

    backwards: bool
    ts: datetime | None = None
    rank: int = 0
    ident: UUID | None = None


def page_of_timeline(run: Run, incident_ids: Sequence[str], **asked: Any) -> TimelinePage:
    """Answer what `asking` asks for."""
    return together.answer(asking(run, incident_ids, **asked))


def asking(
    run: Run,
    incident_ids: Sequence[str],
    *,
    kinds: Collection[str] = (),
    cursor: str | None = None,
    end: str = "start",
    prefix: str = "",
) -> Asking[TimelinePage]:
    """Ask for a page of the run's timeline, from an end of it or from a cursor on.

    Raises Invalid for an unknown kind or end, or a cursor that is not of this run's timeline; it
    names them `kind`, `from` and `cursor`, after the caller's `prefix`.
    """
    errors = _errors(kinds, end)
    place = _Place(backwards=end == "end")
    if cursor:
        place = _read_cursor(run, cursor) or place
        errors |= {} if place.ts else {"cursor": "is not one that this timeline gave out"}
    if errors:
        raise Invalid({f"{prefix}{name}": message for name, message in errors.items()})
    (rows,) = yield (_rows(run, incident_ids, kinds or KINDS, place),)
    has_more = len(rows) > PER_PAGE
    rows = rows[:PER_PAGE]
    if place.backwards:
        rows.reverse()
    came_from_somewhere = cursor is not None
    has_later = came_from_somewhere if place.backwards else has_more
    has_earlier = has_more if place.backwards else came_from_somewhere
    return TimelinePage(
        items=[item(kind, source, ts, data) for ts, _, _, kind, source, data in rows],
        next_cursor=_cursor(run, rows[-1], "later") if rows and has_later else None,
        prev_cursor=_cursor(run, rows[0], "earlier") if rows and has_earlier else None,
    )


def _errors(kinds: Collection[str], end: str) -> dict[str, str]:
    errors = {}
    if not set(kinds) <= set(KINDS):
        errors["kind"] = _("must be one of %(allowed)s") % {"allowed": ", ".join(KINDS)}
    if end not in ENDS:
        errors["from"] = _("must be one of %(allowed)s") % {"allowed": ", ".join(ENDS)}
    return errors


def _rows(
    run: Run, incident_ids: Sequence[str], kinds: Collection[str], place: _Place
) -> together.Read:
    arms = timeline_arms.arms_of(run, kinds)
    has_place = place.ts is not None
    statement = timeline_arms.union(arms, backwards=place.backwards, has_place=has_place)
    params = {
        **timeline_arms.params_of(run, incident_ids),
        "limit": PER_PAGE + 1,
        "ts": place.ts,
        "rank": place.rank,
        "id": place.ident,
    }
    return together.tuples(statement, params)


def _cursor(run: Run, row: tuple[Any, ...], way: str) -> str:
    ts, rank, ident = row[:3]
    return signing.dumps([way, ts.isoformat(), rank, str(ident)], salt=_salt(run))


def _read_cursor(run: Run, cursor: str) -> _Place | None:
    try:
        way, ts, rank, ident = signing.loads(cursor, salt=_salt(run))
    except (signing.BadSignature, ValueError):
        return None
    return _Place(way == "earlier", datetime.fromisoformat(ts), rank, UUID(ident))


def _salt(run: Run) -> str:
    return f"awooop.timeline.{run.run_id}"
