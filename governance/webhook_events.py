"""What outbound webhooks tell of governance."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from awooop.webhooks import kinds
from awooop.webhooks.emitting import emit_all
from governance import signals
from governance.models import GovernanceEvent

KIND = "governance.event_opened"
_FACTS = ("event_type", "severity", "subject", "impact", "remediation", "triggered_at")


def register() -> None:
    """Register the kind and listen; called once, when the app is ready."""
    kinds.add(KIND, _("a self-check found something"))
    signals.events_opened.connect(_opened, dispatch_uid="governance.webhooks")


def _opened(*, events: Sequence[GovernanceEvent], **_rest: Any) -> None:
    by_project: dict[str, list[GovernanceEvent]] = defaultdict(list)
    for event in events:
        by_project[event.project_id].append(event)
    emit_all(by_project, KIND, _told)


def _told(event: GovernanceEvent) -> dict[str, Any]:
    page = f"{settings.PUBLIC_URL}{reverse('governance')}?tab=events&event_id={event.pk}"
    facts = {name: getattr(event, name) for name in _FACTS}
    return {"event_id": str(event.pk), **facts, "href": page}
