"""Tell operators that the kill switch was thrown, or lifted: one message in each project's chat."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from awooop import languages, signals, stops
from awooop.models import Stop
from runs.actions import notify
from runs.models import MessageType


def connect() -> None:
    """Listen to the kernel; called once, when the app is ready."""
    signals.stop_placed.connect(_placed, dispatch_uid="runs.stop_alerts.placed")
    signals.stop_lifted.connect(_lifted, dispatch_uid="runs.stop_alerts.lifted")


def _placed(*, stop: Stop, projects: Sequence[str], **_rest: Any) -> None:
    _tell(projects, lambda: _placed_text(stop))


def _lifted(*, stop: Stop, projects: Sequence[str], **_rest: Any) -> None:
    _tell(projects, lambda: _lifted_text(stop))


def _tell(projects: Sequence[str], text: Callable[[], str]) -> None:
    spoken = languages.of_projects(projects)
    notify.queue_many([_note(one, text, spoken[one]) for one in projects])


def _note(project_id: str, text: Callable[[], str], language: str) -> notify.Note:
    with translation.override(language):
        content = text()
    return notify.Note(project_id, MessageType.GOVERNANCE_ALERT, content, language=language)


def _placed_text(stop: Stop) -> str:
    lines = [
        _("KILL SWITCH: STOPPED"),
        stops.told(stop),
        _("Runs go on, but nothing they ask for is authorised; approvals can be rejected only."),
        page_of(stop),
    ]
    return "\n".join(lines)


def _lifted_text(stop: Stop) -> str:
    lines = [
        _("KILL SWITCH: LIFTED"),
        _("It was: %(what)s") % {"what": stops.told(stop)},
        _("Lifted by %(who)s: %(reason)s") % {"who": stop.lifted_by, "reason": stop.lift_reason},
        page_of(stop),
    ]
    return "\n".join(lines)


def page_of(stop: Stop) -> str:
    """Answer the address of the page that shows the stop."""
    return f"{settings.PUBLIC_URL}{reverse('stop', args=[stop.stop_id])}"
