"""Pause and resume what runs in the background."""

from __future__ import annotations

import structlog
from django.db import transaction
from django.utils.translation import gettext as _
from django_q.models import Schedule

from awooop.callers import Caller
from awooop.errors import Conflict, NotAllowed
from awooop.models.audit import ActorKind

log = structlog.get_logger(__name__)
_PAUSED, _FOR_EVER = 0, -1


def is_paused(schedule: Schedule) -> bool:
    """Whether a schedule does not ring until it is resumed."""
    return schedule.repeats == _PAUSED


@transaction.atomic
def set_paused(*, by: Caller, schedule: Schedule, paused: bool) -> None:
    """Pause a schedule, or let it go on; raises NotAllowed, or Conflict where it is so already."""
    if by.kind != ActorKind.SYSTEM and not by.is_superuser:
        raise NotAllowed(_("Only a superuser pauses background work."))
    repeats = _PAUSED if paused else _FOR_EVER
    rows = Schedule.objects.filter(pk=schedule.pk).exclude(repeats=repeats)
    if not rows.update(repeats=repeats):
        state = "paused" if paused else "running"
        raise Conflict(
            _("%(name)s is %(state)s already.") % {"name": schedule.name, "state": state},
            code="already_so",
        )
    log.info("schedule_paused" if paused else "schedule_resumed", name=schedule.name, by=by.label)
