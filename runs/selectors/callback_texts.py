"""What *Details* and *History* say: a message's approval, run and incident, as they stand now."""

from __future__ import annotations

import json
import zoneinfo
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from awooop import ui_status
from awooop.models import Project
from runs.models import Approval, ApprovalStatus, Incident, OutboundMessage, Run, RunIncident
from runs.selectors import incident_story, incidents, timeline

ARGUMENTS_AT_MOST = 1_000
TEXT_AT_MOST = 1_500
ITEMS = 15
ITEM_AT_MOST = 160


@dataclass(frozen=True)
class About:
    """What a message is about, read now; each part may be missing."""

    message: OutboundMessage
    approval: Approval | None
    run: Run | None
    incident: Incident | None
    incident_id: str | None
    zone: zoneinfo.ZoneInfo


def about(message: OutboundMessage) -> About:
    """Read what a message is about."""
    project_id, run_id = message.project_id, message.run_id
    run = Run.objects.filter(project_id=project_id, pk=run_id).first() if run_id else None
    incident_id = message.incident_id or (_incident_of(run) if run else None)
    rows = Incident.objects.filter(project_id=project_id, pk=incident_id)
    zone = Project.objects.values_list("timezone", flat=True).get(pk=project_id)
    return About(
        message=message,
        approval=_approval(message),
        run=run,
        incident=rows.first() if incident_id else None,
        incident_id=incident_id,
        zone=zoneinfo.ZoneInfo(zone),
    )


def _incident_of(run: Run) -> str | None:
    links = RunIncident.objects.filter(project_id=run.project_id, run_id=run.run_id)
    return links.order_by("position").values_list("incident_id", flat=True).first()


def _approval(message: OutboundMessage) -> Approval | None:
    """The one that its card asks about, else the latest of its run."""
    rows = Approval.objects.filter(project_id=message.project_id).prefetch_related("votes")
    cards = [ident for ident in (message.message_id, message.edits_id) if ident]
    asked = rows.filter(notification_id__in=cards).first()
    if asked is not None or message.run_id is None:
        return asked
    return rows.filter(run_id=message.run_id).order_by("-requested_at").first()


def detail(subject: About) -> str:
    """Answer what stands now: the exact action and who decided, the run, the incident."""
    parts = [_("DETAILS")]
    if subject.approval is not None:
        parts += _of_approval(subject.approval, subject.zone)
    if subject.run is not None:
        parts += _of_run(subject.run, subject.zone)
    if subject.incident is not None:
        parts += _of_incident(subject.incident, subject.zone)
    elif subject.incident_id:
        parts.append(_("Incident %(id)s is not on record here.") % {"id": subject.incident_id})
    if len(parts) == 1:
        parts.append(_("Nothing more is on record about this message."))
    return _joined([*parts, _page(subject)])


def history(subject: About) -> str:
    """Answer the latest that happened, in the order of time: of the run, else of the incident."""
    items = _items(subject)
    parts = [_("HISTORY")]
    parts += [_line(item, subject.zone) for item in items]
    if not items:
        parts.append(_("Nothing is on record about this message."))
    elif len(items) == ITEMS:
        parts.append(_("Earlier entries are on the page."))
    return _joined([*parts, _page(subject)])


def _items(subject: About) -> list[dict]:
    if subject.run is not None:
        found = [subject.incident_id] if subject.incident_id else []
        page = timeline.page_of_timeline(subject.run, found, end="end")
        return [dict(item) for item in page.items[-ITEMS:]]
    if subject.incident is not None:
        return incident_story.of(incidents.chain(subject.incident))[-ITEMS:]
    return []


def _line(item: dict, zone: zoneinfo.ZoneInfo) -> str:
    status = f" [{_word(item['status'])}]" if item["status"] else ""
    summary = " ".join(str(item["summary"] or "").split())
    said = f": {summary}" if summary else ""
    text = f"{_at(item['ts'], zone)} {item['title']}{status}{said}"
    return text if len(text) <= ITEM_AT_MOST else f"{text[: ITEM_AT_MOST - 1]}…"


def _word(status: str) -> str:
    return str(ui_status.look_of(ui_status.STATUSES, status).label).lower()


def _of_approval(approval: Approval, zone: zoneinfo.ZoneInfo) -> list[str]:
    lines = [
        "",
        _("Approval: %(status)s, %(risk)s risk")
        % {
            "status": approval.get_status_display(),
            "risk": approval.get_risk_level_display(),
        },
        _("Tool: %(tool)s") % {"tool": approval.tool_name},
        approval.suggested_action[:TEXT_AT_MOST],
    ]
    if approval.arguments:
        text = json.dumps(approval.arguments, ensure_ascii=False, indent=1)
        cut = text[:ARGUMENTS_AT_MOST] + ("…" if len(text) > ARGUMENTS_AT_MOST else "")
        lines.append(_("Arguments: %(arguments)s") % {"arguments": cut})
    if approval.expires_at and approval.status == ApprovalStatus.PENDING:
        lines.append(_("Expires %(time)s") % {"time": _at(approval.expires_at, zone)})
    for vote in approval.votes.all():
        reason = f": {vote.reason}" if vote.reason else ""
        who = f"{_at(vote.created_at, zone)} {vote.approver_label}"
        lines.append(f"{who}: {vote.get_decision_display()}{reason}")
    return lines


def _of_run(run: Run, zone: zoneinfo.ZoneInfo) -> list[str]:
    facts = {
        "agent": run.agent_id,
        "state": run.get_state_display(),
        "steps": run.step_count,
        "time": _at(run.created_at, zone),
    }
    lines = ["", _("Run of %(agent)s: %(state)s, %(steps)s steps, since %(time)s") % facts]
    error = " ".join(filter(None, [run.error_code, run.error_detail]))
    return [*lines, error[:TEXT_AT_MOST]] if error else lines


def _of_incident(incident: Incident, zone: zoneinfo.ZoneInfo) -> list[str]:
    facts = {
        "id": incident.incident_id,
        "status": incident.get_status_display(),
        "severity": incident.get_severity_display(),
        "time": _at(incident.opened_at, zone),
    }
    lines = ["", _("Incident %(id)s: %(status)s, %(severity)s, since %(time)s") % facts]
    if incident.recurrence_count:
        again = ngettext("Recurred %(n)d time", "Recurred %(n)d times", incident.recurrence_count)
        lines.append(again % {"n": incident.recurrence_count})
    return [*lines, incident.title]


def _at(moment: datetime, zone: zoneinfo.ZoneInfo) -> str:
    return moment.astimezone(zone).strftime("%m-%d %H:%M")


def _page(subject: About) -> str:
    if subject.run is not None:
        return f"{settings.PUBLIC_URL}/awooop/runs/{subject.run.run_id}"
    if subject.incident is not None:
        return f"{settings.PUBLIC_URL}/awooop/incidents/{subject.incident.incident_id}"
    return ""


def _joined(lines: Iterable[str]) -> str:
    return "\n".join(lines).strip()
