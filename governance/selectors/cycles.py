"""The latest self-checks, and when the next one is due."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django_q.models import Schedule as QSchedule

from awooop import paging
from awooop.clock import now
from awooop.models import TaskHeartbeat
from governance.models import SelfCheckCycle

NEWEST = paging.Ordering("self_check_cycles.newest", ("started_at", "id"))
SCHEDULE = "governance.self_check"

_LATEST = """
select latest.id from unnest(%s::text[]) as visible(project_id)
cross join lateral (
  select id from governance_selfcheckcycle where project_id = visible.project_id
   order by started_at desc, id desc limit 1) latest
"""


@dataclass(frozen=True)
class NextCheck:
    """When the schedule rings next; None where it is not written, or an operator paused it."""

    at: datetime | None
    is_paused: bool
    last_success_at: datetime | None
    last_failure_at: datetime | None
    last_error: str

    @property
    def is_due(self) -> bool:
        """Whether it should have begun: the cluster takes it within moments, if it runs."""
        return self.at is not None and self.at <= now()


def latest(projects: Sequence[str]) -> list[SelfCheckCycle]:
    """Answer the newest cycle of each project that has one, in the projects' order."""
    with connection.cursor() as cursor:
        cursor.execute(_LATEST, [list(projects)])
        ids = [row[0] for row in cursor.fetchall()]
    rows = SelfCheckCycle.objects.filter(pk__in=ids)
    return list(paging.restrict(rows, projects).order_by("project_id"))


def newest(projects: Sequence[str], request: paging.PageRequest) -> paging.Page:
    """Answer one page of cycles, newest first."""
    return paging.paginate(SelfCheckCycle.objects.all(), projects, NEWEST, request)


def next_check() -> NextCheck:
    """Answer when the hourly check runs next, and how its last bell ended."""
    bell = QSchedule.objects.filter(name=SCHEDULE).order_by("id").first()
    beat = TaskHeartbeat.objects.filter(kind=SCHEDULE).first()
    is_paused = bell is not None and bell.repeats == 0
    return NextCheck(
        at=bell.next_run if bell and not is_paused else None,
        is_paused=is_paused,
        last_success_at=beat.last_success_at if beat else None,
        last_failure_at=beat.last_failure_at if beat else None,
        last_error=beat.last_error if beat else "",
    )
