"""The kernel's own events: the kill switch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from awooop import signals
from awooop.models import Stop
from awooop.webhooks import kinds
from awooop.webhooks.emitting import emit

_FACTS = ("scope", "agent_id", "tool_name", "reason", "stopped_by", "stopped_at")


def register() -> None:
    """Register the kinds and listen; called once, when the app is ready."""
    kinds.add("stop.set", _("the kill switch is thrown"))
    kinds.add("stop.lifted", _("the kill switch is lifted"))
    signals.stop_placed.connect(_placed, dispatch_uid="awooop.webhooks.stop_placed")
    signals.stop_lifted.connect(_lifted, dispatch_uid="awooop.webhooks.stop_lifted")


def _placed(*, stop: Stop, projects: Sequence[str], **_rest: Any) -> None:
    for project in projects:
        emit(project, "stop.set", [_told(stop)])


def _lifted(*, stop: Stop, projects: Sequence[str], **_rest: Any) -> None:
    end = {name: getattr(stop, name) for name in ("lifted_by", "lifted_at", "lift_reason")}
    for project in projects:
        emit(project, "stop.lifted", [{**_told(stop), **end}])


def _told(stop: Stop) -> dict[str, Any]:
    facts = {name: getattr(stop, name) for name in _FACTS}
    page = f"{settings.PUBLIC_URL}{reverse('stop', args=[stop.stop_id])}"
    return {"stop_id": str(stop.stop_id), **facts, "href": page}
