"""Tell operators of governance events: one message for what one report found in a project."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from awooop import languages
from awooop.languages import retold
from governance import signals
from governance.models import GovernanceEvent
from governance.severities import Severity
from runs.actions import notify
from runs.models import MessageType

NAMED = 10
_RANK = {Severity.CRITICAL: 0, Severity.WARNING: 1, Severity.INFO: 2}


def connect() -> None:
    """Listen to governance; called once, when the app is ready."""
    signals.events_notify.connect(_tell, dispatch_uid="runs.governance_alerts")


def _tell(*, events: Sequence[GovernanceEvent], **_rest: Any) -> None:
    by_project: dict[str, list[GovernanceEvent]] = defaultdict(list)
    for event in sorted(
        events, key=lambda event: (_RANK[Severity(event.severity)], event.event_type)
    ):
        by_project[event.project_id].append(event)
    spoken = languages.of_projects(by_project)
    notify.queue_many(
        [_note(project, by_project[project], spoken[project]) for project in sorted(by_project)]
    )


def _note(project_id: str, ranked: Sequence[GovernanceEvent], language: str) -> notify.Note:
    with translation.override(language):
        content = _content(project_id, ranked)
    return notify.Note(project_id, MessageType.GOVERNANCE_ALERT, content, language=language)


def _content(project_id: str, ranked: Sequence[GovernanceEvent]) -> str:
    lines = [line for event in ranked[:NAMED] for line in _lines(event)]
    if len(ranked) > NAMED:
        lines.append(_("… and %(count)d more") % {"count": len(ranked) - NAMED})
    return "\n".join([_heading(project_id, ranked), *lines])


def _heading(project_id: str, ranked: Sequence[GovernanceEvent]) -> str:
    severity = Severity(ranked[0].severity).label
    return _("GOVERNANCE %(severity)s: %(project)s") % {
        "severity": str(severity).upper(),
        "project": project_id,
    }


def _lines(event: GovernanceEvent) -> list[str]:
    seen = ""
    if event.occurrences > 1:
        seen = _(" (open for %(count)d checks)") % {"count": event.occurrences}
    about = f"{event.event_type} {event.subject}".strip()
    found = [f"{about}: {retold(event.impact)}{seen}", retold(event.remediation), page_of(event)]
    return [line for line in found if line]


def page_of(event: GovernanceEvent) -> str:
    """Answer the address of the page that shows the event."""
    return f"{settings.PUBLIC_URL}/governance?tab=events&event_id={event.pk}"
