"""What stands now, for the home page: two statements, whatever there is."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection

from awooop.clock import now
from governance.models import GovernanceEvent
from governance.selectors.slo import STALE
from governance.severities import Severity

WORST_AT_MOST = 5
_STATES = ("ok", "violated", "skipped", "error")
_WORST = """
select id, project_id, event_type, subject, severity, impact, triggered_at,
       count(*) filter (where severity = 'critical') over () as critical,
       count(*) filter (where severity = 'warning') over () as warning,
       count(*) filter (where severity = 'info') over () as info
  from governance_governanceevent
 where project_id = any(%s) and not resolved and notified_at is not null
 order by array_position(array['critical', 'warning', 'info'], severity::text),
          triggered_at desc, id
 limit %s
"""
# The last check of each span: one index probe for each project and span.
_SLOS = """
select spans.number, latest.started_at, latest.statuses
  from unnest(%(projects)s::text[]) as visible(project_id)
 cross join unnest(%(begins)s::timestamptz[], %(ends)s::timestamptz[])
       with ordinality as spans(begins, ends, number)
 cross join lateral (
   select started_at, results #> '{slo_compliance,_meta,all_status}' as statuses
     from governance_selfcheckcycle cycle
    where cycle.project_id = visible.project_id
      and started_at > spans.begins and started_at <= spans.ends
    order by started_at desc, id desc limit 1) latest
"""
# Before anything that is checked.
_EVER = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class OpenEvents:
    """The worst events that are open, and how many there are of each severity."""

    worst: list[GovernanceEvent]
    counts: dict[str, int]

    @property
    def total(self) -> int:
        """How many are open."""
        return sum(self.counts.values())


@dataclass(frozen=True)
class SloStates:
    """How many SLOs were in each state when each project was checked last.

    `checked_at` is that of the project that was checked longest ago; None: none ever was.
    `week_ago` is how many there were in each state then, by the last check of those 24 hours, and
    `by_day` at the end of each day that was asked for.
    """

    counts: dict[str, int]
    checked_at: datetime | None
    week_ago: dict[str, int]
    by_day: list[dict[str, int]]

    @property
    def is_stale(self) -> bool:
        """Whether a project's states are older than they should be."""
        return self.checked_at is not None and now() - self.checked_at > STALE

    @property
    def is_known(self) -> bool:
        """Whether any SLO has a number."""
        return bool(self.counts["ok"] or self.counts["violated"])


def open_events(projects: Sequence[str]) -> OpenEvents:
    """Answer what is open: the gravest first, the newest of each severity first."""
    with connection.cursor() as cursor:
        cursor.execute(_WORST, [list(projects), WORST_AT_MOST])
        names = [column.name for column in cursor.description]
        rows: list[dict[str, Any]] = [dict(zip(names, row, strict=True)) for row in cursor]
    counts = {name: rows[0][name] if rows else 0 for name in Severity.values}
    worst = [
        GovernanceEvent(**{name: value for name, value in row.items() if name not in counts})
        for row in rows
    ]
    return OpenEvents(worst, counts)


def slo_states(projects: Sequence[str], days: Mapping[str, Any] | None = None) -> SloStates:
    """Answer the SLOs' states as the latest self-check of each project left them, a week ago, and
    at the end of each of the `days` (`begins`, `ends`): one statement."""
    at = now()
    week_ago = at - timedelta(days=7)
    begins = [_EVER, week_ago - timedelta(days=1), *(days["begins"] if days else ())]
    ends = [at, week_ago, *(days["ends"] if days else ())]
    counts: list[Counter[str]] = [Counter() for _ in begins]
    moments = []
    with connection.cursor() as cursor:
        cursor.execute(_SLOS, {"projects": list(projects), "begins": begins, "ends": ends})
        for number, started_at, statuses in cursor.fetchall():
            counts[number - 1].update(_statuses(statuses).values())
            if number == 1:
                moments.append(started_at)
    latest, before, *by_day = ({name: one[name] for name in _STATES} for one in counts)
    return SloStates(latest, min(moments, default=None), before, by_day)


def _statuses(value: Any) -> dict[str, str]:
    found = json.loads(value) if isinstance(value, str) else value
    return found if isinstance(found, dict) else {}
