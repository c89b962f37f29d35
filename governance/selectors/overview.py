"""What stands now, for the home page: two statements, whatever there is."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from awooop.clock import now
from governance.models import GovernanceEvent
from governance.selectors.slo import STALE
from governance.severities import Severity

WORST_AT_MOST = 5
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
_SLOS = """
select latest.started_at, latest.statuses
  from unnest(%s::text[]) as visible(project_id)
 cross join lateral (
   select started_at, results #> '{slo_compliance,_meta,all_status}' as statuses
     from governance_selfcheckcycle cycle
    where cycle.project_id = visible.project_id
    order by started_at desc, id desc limit 1) latest
"""


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
    """

    counts: dict[str, int]
    checked_at: datetime | None

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


def slo_states(projects: Sequence[str]) -> SloStates:
    """Answer the SLOs' states as the latest self-check of each project left them."""
    counts: Counter[str] = Counter()
    moments = []
    with connection.cursor() as cursor:
        cursor.execute(_SLOS, [list(projects)])
        for started_at, statuses in cursor.fetchall():
            moments.append(started_at)
            counts.update(_statuses(statuses).values())
    known = {name: counts[name] for name in ("ok", "violated", "skipped", "error")}
    return SloStates(known, min(moments, default=None))


def _statuses(value: Any) -> dict[str, str]:
    found = json.loads(value) if isinstance(value, str) else value
    return found if isinstance(found, dict) else {}
