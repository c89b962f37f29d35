"""Throw the kill switch and lift it. Page, API, admin and command all come here.

Approvals are for what an agent wants to do; this is for stopping it whatever it wants.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import structlog
from django.db import OperationalError, connection, transaction
from django.utils.translation import gettext as _

from awooop import bulk, permissions, signals, stops, tenancy
from awooop.actions import audit
from awooop.callers import Caller
from awooop.clock import now
from awooop.errors import Conflict, Invalid
from awooop.models import Project, Stop
from awooop.models.stop import StopScope
from awooop.redaction import redact

log = structlog.get_logger(__name__)
REASON_AT_MOST, NAME_AT_MOST = 500, 128
# A stop waits for the calls that are being judged at this moment, and never for long: one that
# hangs must not keep it from being written.
WAIT_MS = 3_000
_LOCK = "select pg_advisory_xact_lock(hashtextextended(%s, 9))"
_LOCK_TIMEOUT = "select current_setting('lock_timeout'), set_config('lock_timeout', %s, true)"


@dataclass(frozen=True)
class Target:
    """What is to be stopped: an agent or a tool, or all that there is, in a project or (None) in
    every project."""

    project_id: str | None = None
    agent_id: str = ""
    tool_name: str = ""

    @property
    def scope(self) -> str:
        """The kind of target, as a stop keeps it."""
        if self.agent_id:
            return StopScope.AGENT.value
        if self.tool_name:
            return StopScope.TOOL.value
        return (StopScope.PROJECT if self.project_id else StopScope.ALL).value


def place(*, by: Caller, target: Target, reason: str) -> Stop:
    """Stop a target: once this is committed, nothing of it is admitted any more.

    Raises NotFound, NotAllowed, Invalid naming the fields, or Conflict `already_stopped`.
    """
    check_may(by, "stop.place", target.project_id)
    _check(target, reason)
    with tenancy.scope(by.projects):
        return _place(by, target, reason)


def _place(by: Caller, target: Target, reason: str) -> Stop:
    is_settled = _wait_for_calls(target.project_id)
    stop = Stop(
        scope=target.scope,
        project_id=target.project_id,
        agent_id=target.agent_id,
        tool_name=target.tool_name,
        reason=_kept(reason),
        stopped_by=by.label[:254],
        stopped_at=now(),
    )
    with _row_writable(target.project_id):
        if not bulk.insert_new([stop]):
            raise Conflict(_("This is stopped already."), code="already_stopped")
    _record(by, stop, "stop.place", {"reason": stop.reason, "calls_settled": is_settled})
    signals.stop_placed.send(sender=Stop, stop=stop, projects=_active(by, stop), by=by)
    log.warning("stop_placed", scope=stop.scope, project_id=stop.project_id, by=by.label)
    return stop


def lift(*, by: Caller, stop_id: UUID, reason: str) -> Stop:
    """Let what was stopped go on; the stop stays as history.

    Raises NotFound, NotAllowed, Invalid, or Conflict `already_lifted`.
    """
    with tenancy.scope(by.projects):
        seen = stops.find(stop_id, by.projects)
        check_may(by, "stop.lift", seen.project_id)
        if error := _reason_error(reason):
            raise Invalid({"reason": error})
        return _lift(by, seen, reason)


def _lift(by: Caller, seen: Stop, reason: str) -> Stop:
    with _row_writable(seen.project_id):
        stop = Stop.objects.select_for_update().get(pk=seen.pk)
        if stop.lifted_at is not None:
            raise Conflict(_("This stop is lifted already."), code="already_lifted")
        stop.lifted_at, stop.lifted_by = now(), by.label[:254]
        stop.lift_reason = _kept(reason)
        stop.save(update_fields=["lifted_at", "lifted_by", "lift_reason"])
    _record(by, stop, "stop.lift", {"reason": stop.lift_reason})
    signals.stop_lifted.send(sender=Stop, stop=stop, projects=_active(by, stop), by=by)
    log.warning("stop_lifted", scope=stop.scope, project_id=stop.project_id, by=by.label)
    return stop


def check_may(by: Caller, operation: str, project_id: str | None) -> None:
    """Raise NotFound or NotAllowed unless the caller may do it in the project; without one, in
    every project there is."""
    if project_id is None:
        permissions.check_can_everywhere(by, operation)
    else:
        permissions.check_can(by, operation, project_id)


def _check(target: Target, reason: str) -> None:
    errors = {}
    if target.agent_id and target.tool_name:
        errors["tool_name"] = _("must be empty where an agent is named: stop one or the other")
    for name in ("agent_id", "tool_name"):
        value = getattr(target, name)
        if len(value) > NAME_AT_MOST or value != value.strip():
            errors[name] = _("must have at most %(most)s characters, and no spaces around them") % {
                "most": NAME_AT_MOST
            }
    if error := _reason_error(reason):
        errors["reason"] = error
    if errors:
        raise Invalid(errors)


def _reason_error(reason: str) -> str:
    if 1 <= len(reason.strip()) <= REASON_AT_MOST:
        return ""
    return _("must have 1 to %(most)s characters") % {"most": REASON_AT_MOST}


def _kept(reason: str) -> str:
    return redact(reason.strip()).text[:REASON_AT_MOST]


def _wait_for_calls(project_id: str | None) -> bool:
    """Wait until no call is being judged that the stop is about, and let none begin until the stop
    is committed; answers False where one took too long to be waited for."""
    try:
        with transaction.atomic(), _lock_timeout(WAIT_MS), connection.cursor() as cursor:
            cursor.execute(_LOCK, [project_id or ""])
    except OperationalError:
        log.warning("stop_did_not_wait", project_id=project_id, waited_ms=WAIT_MS)
        return False
    return True


@contextmanager
def _lock_timeout(ms: int) -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute(_LOCK_TIMEOUT, [str(ms)])
        before = cursor.fetchone()[0]
        yield
        cursor.execute(_LOCK_TIMEOUT, [before])


def _row_writable(project_id: str | None) -> Any:
    """A stop of every project has no project to be visible by: the registry writes its row."""
    return tenancy.registry() if project_id is None else nullcontext()


def _projects(by: Caller, stop: Stop) -> Sequence[str]:
    return [stop.project_id] if stop.project_id else by.projects


def _active(by: Caller, stop: Stop) -> list[str]:
    rows = Project.objects.filter(project_id__in=_projects(by, stop), is_active=True)
    return list(rows.order_by("project_id").values_list("project_id", flat=True))


def _record(by: Caller, stop: Stop, action: str, details: dict[str, Any]) -> None:
    """A stop of every project is on record in every project."""
    about = {"scope": stop.scope, "agent_id": stop.agent_id, "tool_name": stop.tool_name}
    entry = audit.Entry(action, "stop", str(stop.stop_id), {**about, **details})
    audit.append_projects(by=by, entries={one: [entry] for one in _projects(by, stop)})
