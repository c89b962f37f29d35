"""Make and edit playbooks; pin and release their trust."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from awooop import permissions
from awooop.actions import audit
from awooop.actions.projects import check_fields
from awooop.callers import Caller
from awooop.errors import Conflict
from runs.models import Playbook

_EDITED = ("name", "status", "is_trust_pinned", "trust_score", "source", "metadata")


@transaction.atomic
def create(*, by: Caller, project_id: str, **values: Any) -> Playbook:
    """Make a playbook; raises NotAllowed, Invalid, or Conflict where the name is taken."""
    permissions.check_can(by, "playbook.edit", project_id)
    playbook = Playbook(project_id=project_id, **values)
    _settle(playbook)
    playbook.save(force_insert=True)
    made = {name: str(getattr(playbook, name)) for name in ("name", "status", "trust_score")}
    _record(by, playbook, "playbook.create", made)
    return playbook


@transaction.atomic
def update(*, by: Caller, playbook: Playbook) -> Playbook:
    """Save an edited playbook; trust that is not pinned is what its executions earn.

    Raises NotAllowed, Invalid, or Conflict where the name is taken.
    """
    permissions.check_can(by, "playbook.edit", playbook.project_id)
    before = Playbook.objects.select_for_update().get(pk=playbook.pk)
    # Executions count meanwhile: the counts are those of the locked row, not of the form.
    playbook.success_count, playbook.failure_count = before.success_count, before.failure_count
    _settle(playbook)
    changes = {
        name: {"from": str(getattr(before, name)), "to": str(getattr(playbook, name))}
        for name in _EDITED
        if getattr(before, name) != getattr(playbook, name)
    }
    playbook.save(update_fields=_EDITED)
    _record(by, playbook, "playbook.update", changes)
    return playbook


def _settle(playbook: Playbook) -> None:
    if not playbook.is_trust_pinned:
        playbook.trust_score = playbook.earned_trust()
    check_fields(playbook)
    same = Playbook.objects.filter(project_id=playbook.project_id, name=playbook.name)
    if same.exclude(pk=playbook.pk).exists():
        raise Conflict(
            _("A playbook named %(name)s exists already.") % {"name": playbook.name},
            code="name_taken",
        )


def _record(by: Caller, playbook: Playbook, action: str, details: dict[str, Any]) -> None:
    entry = audit.Entry(action, "playbook", str(playbook.playbook_id), details)
    audit.append(project_id=playbook.project_id, by=by, entry=entry)
