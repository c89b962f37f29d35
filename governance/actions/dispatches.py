"""Open dispatches, and move them along their legal path."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from awooop import permissions
from awooop.actions import audit
from awooop.callers import Caller
from awooop.clock import now
from awooop.errors import Conflict, Invalid, NotFound
from governance import signals, workflow
from governance.models import Dispatch, DispatchStatus, GovernanceEvent

_S = DispatchStatus
NOTE_MOST = 500
_ACTION_MOST = 120
# What may follow what. `pending` after `executing` is a failure with attempts left.
PATH: Mapping[str, frozenset[str]] = {
    _S.PENDING: frozenset({_S.DISPATCHED, _S.EXECUTING, _S.SKIPPED, _S.CANCELLED}),
    _S.DISPATCHED: frozenset({_S.EXECUTING, _S.SKIPPED, _S.CANCELLED, _S.FAILED}),
    _S.EXECUTING: frozenset({_S.SUCCEEDED, _S.FAILED, _S.CANCELLED, _S.PENDING}),
}
# What a person or an executor may do, and the status that it leads to.
ACTS: Mapping[str, str] = {
    "start": _S.EXECUTING,
    "complete": _S.SUCCEEDED,
    "fail": _S.FAILED,
    "skip": _S.SKIPPED,
    "cancel": _S.CANCELLED,
}
_FINAL = frozenset({_S.SUCCEEDED, _S.FAILED, _S.SKIPPED, _S.CANCELLED})
_MOVED = (
    "dispatch_status",
    "workflow_stage",
    "next_action",
    "decision_context",
    "operator_note",
    "owner",
    "attempt_count",
    "dispatched_at",
    "started_at",
    "completed_at",
)


class DispatchAlreadyActive(Conflict):
    """The event has an active dispatch of this executor type."""

    code = "dispatch_already_active"


@dataclass(frozen=True)
class Order:
    """A dispatch to be opened. `values` are further columns (`playbook_id`, `operator_note`, …)."""

    event: GovernanceEvent
    executor_type: str
    proposed_action: str
    context: dict[str, Any]
    created_by: str = workflow.INTAKE
    owner: str = ""
    max_attempts: int = 1
    values: dict[str, Any] = field(default_factory=dict)


def open_dispatch(*, by: Caller, order: Order) -> Dispatch:
    """Open a dispatch for an event; raises DispatchAlreadyActive where one of this type is open."""
    opened = open_many(by=by, orders=[order])
    if not opened:
        raise DispatchAlreadyActive(
            _("This event has an active dispatch of the type %(executor_type)s already.")
            % {"executor_type": order.executor_type},
            governance_event_id=str(order.event.pk),
        )
    return opened[0]


@transaction.atomic
def open_many(*, by: Caller, orders: Sequence[Order]) -> list[Dispatch]:
    """Open dispatches in a fixed number of statements; leaves out those that are open already."""
    wanted = [_new(order) for order in orders]
    # The partial unique index decides, also between processes; the transaction goes on.
    Dispatch.objects.bulk_create(wanted, ignore_conflicts=True)
    rows = Dispatch.objects.filter(pk__in=[dispatch.pk for dispatch in wanted])
    inserted = set(rows.values_list("pk", flat=True))
    opened = [dispatch for dispatch in wanted if dispatch.pk in inserted]
    _record(by, opened, "open")
    _tell(by, opened)
    return opened


def _new(order: Order) -> Dispatch:
    kind, event = order.executor_type, order.event
    values = {
        "workflow_stage": workflow.stage_of(kind, _S.PENDING),
        "next_action": workflow.next_action_of(kind, _S.PENDING, "start"),
        **order.values,
    }
    return Dispatch(
        governance_event=event,
        project_id=event.project_id,
        event_type=event.event_type,
        subject=event.subject,
        executor_type=kind,
        proposed_action=order.proposed_action[:_ACTION_MOST],
        decision_context=order.context,
        created_by=order.created_by,
        owner=order.owner,
        max_attempts=order.max_attempts,
        created_at=now(),
        **values,
    )


def lock(dispatch_id: UUID, by: Caller) -> Dispatch:
    """Answer the dispatch under a row lock; raises NotFound."""
    rows = Dispatch.objects.select_for_update(of=("self",)).select_related("governance_event")
    found = rows.filter(pk=dispatch_id, project_id__in=by.projects).first()
    if found is None:
        raise NotFound(_("No such dispatch, or none that you may see."))
    return found


@transaction.atomic
def act(*, by: Caller, dispatch_id: UUID, verb: str, note: str = "") -> Dispatch:
    """Start, complete, fail, skip or cancel a dispatch.

    Raises NotFound, NotAllowed, Invalid for the note, or Conflict where its path does not lead
    there. A failure with attempts left puts it back to `pending`.
    """
    note = note.strip()
    if len(note) > NOTE_MOST:
        raise Invalid({"note": _("must have at most %(most)s characters") % {"most": NOTE_MOST}})
    dispatch = lock(dispatch_id, by)
    check_may_move(by, dispatch)
    status = ACTS[verb]
    if not allows(dispatch, verb):
        raise Conflict(
            _("A dispatch that is %(dispatch_status)s cannot be moved by '%(verb)s'.")
            % {"dispatch_status": dispatch.get_dispatch_status_display(), "verb": verb},
            code="illegal_dispatch_transition",
            dispatch_status=dispatch.dispatch_status,
            allowed=[name for name in ACTS if allows(dispatch, name)],
        )
    if status == _S.FAILED and dispatch.attempt_count < dispatch.max_attempts:
        status = _S.PENDING if dispatch.dispatch_status == _S.EXECUTING else _S.FAILED
    return move(dispatch, status, by=by, note=note)


def check_may_move(by: Caller, dispatch: Dispatch) -> None:
    """Raise NotAllowed for one who may do none of the operations of this kind of work, Conflict
    where the project is switched off."""
    operations = workflow.operations_of(dispatch.executor_type)
    may = [each for each in operations if permissions.can(by, each, dispatch.project_id)]
    permissions.check_can_write(by, (may or list(operations))[0], dispatch.project_id)


def may_move(by: Caller | None, dispatch: Dispatch) -> bool:
    """Whether the caller may move such work; for templates."""
    operations = workflow.operations_of(dispatch.executor_type)
    return any(permissions.can(by, each, dispatch.project_id) for each in operations)


def allows(dispatch: Dispatch, verb: str) -> bool:
    """Whether the dispatch's path leads to where the verb goes, and its work takes the verb."""
    is_on_path = ACTS[verb] in PATH.get(dispatch.dispatch_status, frozenset())
    return is_on_path and workflow.takes(dispatch.executor_type, verb)


@transaction.atomic
def move(
    dispatch: Dispatch,
    status: str,
    *,
    by: Caller,
    note: str = "",
    context: Mapping[str, Any] | None = None,
    **values: Any,
) -> Dispatch:
    """Move a locked dispatch to `status`; `context` is added to its own, `values` are columns that
    differ from what the workflow says. Raises Conflict for a step that is not on its path."""
    before = dispatch.dispatch_status
    if status not in PATH.get(before, frozenset()):
        raise Conflict(
            _("A dispatch that is %(before)s cannot become %(status)s.")
            % {"before": _S(before).label, "status": _S(status).label},
            code="illegal_dispatch_transition",
            dispatch_status=before,
        )
    _set_times(dispatch, status)
    dispatch.dispatch_status = status
    kind = dispatch.executor_type
    dispatch.workflow_stage = workflow.stage_of(kind, status)
    dispatch.next_action = workflow.next_action_of(kind, status, "none")
    dispatch.decision_context = {**workflow.with_stage(dispatch, status), **(context or {})}
    dispatch.operator_note = note or dispatch.operator_note
    for name, value in values.items():
        setattr(dispatch, name, value)
    dispatch.save(update_fields=[*_MOVED, *(name for name in values if name not in _MOVED)])
    _record(by, [dispatch], status)
    _tell(by, [dispatch])
    return dispatch


def _set_times(dispatch: Dispatch, status: str) -> None:
    at = now()
    if status == _S.DISPATCHED:
        dispatch.dispatched_at = at
    elif status == _S.EXECUTING:
        dispatch.dispatched_at = dispatch.dispatched_at or at
        dispatch.started_at = at
        dispatch.attempt_count += 1
    elif status in _FINAL:
        dispatch.completed_at = at


def lock_waiting(executor_type: str, *, by: Caller) -> Dispatch | None:
    """Lock the oldest waiting dispatch of one kind that no other worker holds; None where all are
    held or done.

    The worker does its work in the same transaction: if it is killed, the dispatch waits on.
    """
    rows = Dispatch.objects.select_for_update(of=("self",), skip_locked=True).filter(
        project_id__in=by.projects,
        executor_type=executor_type,
        dispatch_status__in=[_S.PENDING, _S.DISPATCHED],
    )
    return rows.select_related("governance_event").order_by("created_at", "id").first()


def _record(by: Caller, dispatches: Sequence[Dispatch], what: str) -> None:
    entries: dict[str, list[audit.Entry]] = {}
    for dispatch in dispatches:
        details = {
            "governance_event_id": dispatch.governance_event_id,
            "executor_type": dispatch.executor_type,
            "dispatch_status": dispatch.dispatch_status,
            "workflow_stage": dispatch.workflow_stage,
            "note": dispatch.operator_note,
        }
        entry = audit.Entry(f"governance.dispatch.{what}", "dispatch", str(dispatch.pk), details)
        entries.setdefault(dispatch.project_id, []).append(entry)
    audit.append_projects(by=by, entries=entries)


def _tell(by: Caller, dispatches: Sequence[Dispatch]) -> None:
    if dispatches:
        signals.dispatches_moved.send(sender=Dispatch, dispatches=list(dispatches), by=by)
