"""The daily report: at eight in the morning of each project, what happened there yesterday."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import structlog
from django.db import transaction
from django.utils import translation

from awooop import languages, leases, tenancy
from awooop.clock import now
from awooop.models import Project
from runs.actions import notify, report_text
from runs.actions.notify import Note
from runs.models import MessageType
from runs.selectors import yesterday

AT = time(8)
# Longer than any day: the lease is what says that a day's report is queued.
_KEPT = timedelta(hours=48)
log = structlog.get_logger(__name__)

Lines = Callable[[Sequence[str]], Mapping[str, Sequence[str]]]
_contributed: dict[str, Lines] = {}


@dataclass(frozen=True)
class Day:
    """A project's yesterday, by its own calendar: 23 or 25 hours long where the clocks change."""

    project: Project
    date: date
    since: datetime
    until: datetime

    @property
    def language(self) -> str:
        """Answer the language that it is written in."""
        return languages.of_messages(self.project)

    @property
    def lease(self) -> str:
        """Answer the lease that says that this day's report is queued."""
        return f"reports.daily:{self.project.pk}:{self.date.isoformat()}"


def contribute(name: str, lines: Lines) -> None:
    """Let a higher room add lines to the reports: `(projects) -> lines by project`, read with a
    fixed number of statements. Raises ValueError for a second of the name."""
    if name in _contributed:
        raise ValueError(f"the lines of {name} are contributed already")
    _contributed[name] = lines


def send_due() -> dict[str, int]:
    """Queue each report that is due and was not queued; answers how many, and how many failed.

    Due is it from eight o'clock to the end of the day: a cluster that was down makes up for it. The
    leases are taken in the transaction that queues the messages, so that each is queued once
    however many clusters run, and after a crash again. One that fails is logged and passed over.
    """
    sent = {"queued": 0, "failed": 0}
    with tenancy.all_projects():
        active = Project.objects.filter(is_active=True).order_by("project_id")
        due = _not_queued([day for project in active if (day := day_due(project, now()))])
        written = texts(due)
    if due:
        _queue_isolated(due, written, sent)
    return sent


def day_due(project: Project, at: datetime) -> Day | None:
    """Answer the day to be reported, or None: before eight, or where there was no project yet."""
    zone = ZoneInfo(project.timezone)
    here = at.astimezone(zone)
    if here.time() < AT:
        return None
    today = datetime.combine(here.date(), time(), zone)
    before = here.date() - timedelta(days=1)
    since = datetime.combine(before, time(), zone)
    return Day(project, before, since, today) if project.created_at < today else None


def _not_queued(days: list[Day]) -> list[Day]:
    free = leases.free([day.lease for day in days])
    return [day for day in days if day.lease in free]


def texts(days: Sequence[Day]) -> dict[str, str]:
    """Answer the report of each day, by project, in its language: a fixed number of statements for
    all of one language."""
    if not days:
        return {}
    numbers = yesterday.numbers([(day.project.pk, day.since, day.until) for day in days])
    by_language: dict[str, list[Day]] = defaultdict(list)
    for day in days:
        by_language[day.language].append(day)
    found: dict[str, str] = {}
    for language, some in by_language.items():
        with translation.override(language):
            found |= _worded(some, numbers)
    return found


def _worded(days: Sequence[Day], numbers: Mapping[str, report_text.Numbers]) -> dict[str, str]:
    projects = [day.project.pk for day in days]
    more = [lines(projects) for _, lines in sorted(_contributed.items())]
    return {
        day.project.pk: report_text.write(
            day.project, day.date, numbers[day.project.pk], _lines_of(day.project.pk, more)
        )
        for day in days
    }


def _lines_of(project_id: str, more: Sequence[Mapping[str, Sequence[str]]]) -> list[str]:
    return [line for lines in more for line in lines.get(project_id, ())]


def _queue_isolated(days: list[Day], written: Mapping[str, str], sent: dict[str, int]) -> None:
    """Queue the reports at once; where that fails, one by one, so that one bad project spoils only
    its own."""
    try:
        sent["queued"] += _queue(days, written)
    except Exception:
        if len(days) == 1:
            log.exception("report_failed", project_id=days[0].project.pk)
            sent["failed"] += 1
            return
        log.warning("reports_failed_together", size=len(days))
        for day in days:
            _queue_isolated([day], written, sent)


def _queue(days: Sequence[Day], written: Mapping[str, str]) -> int:
    with transaction.atomic(), tenancy.scope([day.project.pk for day in days]):
        taken = leases.take_many(
            [day.lease for day in days], holder="reports.daily", seconds=_KEPT.total_seconds()
        )
        notes = [
            Note(
                day.project.pk,
                MessageType.REPORT,
                written[day.project.pk],
                language=day.language,
            )
            for day in days
            if day.lease in taken
        ]
        notify.queue_many(notes)
    return len(notes)
