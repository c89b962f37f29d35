"""Draft, activate and retire contract revisions: the gateway's policy."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from awooop import contract_bodies, permissions, two_phase
from awooop.actions import audit
from awooop.callers import Caller
from awooop.canonical import fingerprint
from awooop.errors import Conflict, Invalid
from awooop.models import ContractRevision
from awooop.models.contract import ContractFamily, LifecycleStatus
from awooop.two_phase import Plan

Rows = dict[UUID, ContractRevision]
_NEXT: dict[str, frozenset[str]] = {
    LifecycleStatus.DRAFT: frozenset({LifecycleStatus.ACTIVE, LifecycleStatus.RETIRED}),
    LifecycleStatus.ACTIVE: frozenset({LifecycleStatus.DEPRECATED, LifecycleStatus.RETIRED}),
    LifecycleStatus.DEPRECATED: frozenset({LifecycleStatus.ACTIVE, LifecycleStatus.RETIRED}),
    LifecycleStatus.RETIRED: frozenset(),
}


@transaction.atomic
def draft(
    *,
    by: Caller,
    project_id: str,
    contract_id: str,
    family: str,
    body: dict[str, Any],
    version: tuple[int, int],
) -> ContractRevision:
    """Make a draft revision; raises NotAllowed, Invalid, or Conflict if the version exists."""
    permissions.check_can(by, "contract.edit", project_id)
    _check_shape(contract_id, family, body)
    major, minor = version
    same = ContractRevision.objects.filter(
        project_id=project_id, contract_id=contract_id, version_major=major, version_minor=minor
    )
    if same.exists():
        raise Conflict(
            _("%(contract_id)s %(major)s.%(minor)s exists already.")
            % {"contract_id": contract_id, "major": major, "minor": minor},
            code="version_exists",
        )
    revision = ContractRevision.objects.create(
        project_id=project_id,
        contract_id=contract_id,
        contract_family=family,
        body=body,
        body_hash=fingerprint(body),
        version_major=major,
        version_minor=minor,
    )
    _record(by, revision, "contract.draft")
    return revision


@transaction.atomic
def edit_draft(*, by: Caller, revision: ContractRevision, body: dict[str, Any]) -> ContractRevision:
    """Change a draft's body; raises NotAllowed, or Conflict: a body is immutable once active."""
    permissions.check_can(by, "contract.edit", revision.project_id)
    locked = ContractRevision.objects.select_for_update().get(pk=revision.pk)
    if locked.lifecycle_status != LifecycleStatus.DRAFT:
        raise Conflict(_("Only a draft's body can be changed."), code="body_immutable")
    _check_shape(locked.contract_id, locked.contract_family, body)
    locked.body, locked.body_hash = body, fingerprint(body)
    locked.save(update_fields=["body", "body_hash"])
    _record(by, locked, "contract.edit")
    return locked


@transaction.atomic
def set_status(*, by: Caller, revision: ContractRevision, status: str) -> ContractRevision:
    """Move a revision along its life; activating deprecates the one that was active.

    Raises NotAllowed, Invalid (a body that its family cannot have), or Conflict where the life
    does not lead there, or the agent has another contract.
    """
    permissions.check_can(by, "contract.edit", revision.project_id)
    return _move(by, _lock(revision), revision.pk, status)


def plan(*, by: Caller, revision: ContractRevision, status: str) -> Plan:
    """Answer what moving a revision to a status would do, and change nothing.

    Raises as `set_status` does.
    """
    permissions.check_can(by, "contract.edit", revision.project_id)
    rows = {row.pk: row for row in _same_contract(revision)}
    return _plan(rows, revision.pk, status)


@transaction.atomic
def set_status_as_planned(
    *, by: Caller, revision: ContractRevision, status: str, given: str | None
) -> ContractRevision:
    """Move a revision as `set_status` does, if `given` is the fingerprint of its present plan.

    Raises as `set_status` does, and Conflict `dry_run_required` or `plan_changed`.
    """
    permissions.check_can(by, "contract.edit", revision.project_id)
    rows = _lock(revision)
    two_phase.confirm(_plan(rows, revision.pk, status), given=given)
    return _move(by, rows, revision.pk, status)


def _same_contract(revision: ContractRevision) -> QuerySet[ContractRevision]:
    return ContractRevision.objects.filter(
        project_id=revision.project_id, contract_id=revision.contract_id
    )


def _lock(revision: ContractRevision) -> Rows:
    rows = _same_contract(revision).select_for_update().order_by("revision_id")
    return {row.pk: row for row in rows}


def _plan(rows: Rows, pk: UUID, status: str) -> Plan:
    wanted, replaced = rows[pk], _replaced(rows, pk, status)
    _check_can_move(wanted, status)
    touched = [wanted, replaced] if replaced else [wanted]
    return Plan(
        kind=f"contract.{status}",
        inputs={"revision_id": pk, "status": status},
        rows={f"contract:{row.pk}": [row.lifecycle_status, row.body_hash] for row in touched},
        effects={"replaces": replaced.pk if replaced else None},
    )


def _replaced(rows: Rows, pk: UUID, status: str) -> ContractRevision | None:
    """Answer the revision that is active now and would no longer be."""
    if status != LifecycleStatus.ACTIVE:
        return None
    active = (row for row in rows.values() if row.lifecycle_status == LifecycleStatus.ACTIVE)
    return next((row for row in active if row.pk != pk), None)


def _move(by: Caller, rows: Rows, pk: UUID, status: str) -> ContractRevision:
    moved, replaced = rows[pk], _replaced(rows, pk, status)
    _check_can_move(moved, status)
    if replaced:
        replaced.lifecycle_status = LifecycleStatus.DEPRECATED
        replaced.save(update_fields=["lifecycle_status"])
    moved.lifecycle_status = status
    moved.save(update_fields=["lifecycle_status"])
    _record(by, moved, f"contract.{status}")
    return moved


def _check_can_move(revision: ContractRevision, status: str) -> None:
    if status not in _NEXT[revision.lifecycle_status]:
        raise Conflict(
            _("A revision that is %(lifecycle_status)s cannot become %(status)s.")
            % {
                "lifecycle_status": revision.get_lifecycle_status_display(),
                "status": LifecycleStatus(status).label,
            },
            code="illegal_transition",
        )
    if status == LifecycleStatus.ACTIVE:
        _check_shape(revision.contract_id, revision.contract_family, revision.body)
        _check_agent_is_free(revision)


def _check_agent_is_free(revision: ContractRevision) -> None:
    """Refuse a second active contract of one agent: nobody could say which of the two holds."""
    if revision.contract_family != ContractFamily.AGENT:
        return
    others = ContractRevision.objects.filter(
        project_id=revision.project_id,
        contract_family=ContractFamily.AGENT,
        lifecycle_status=LifecycleStatus.ACTIVE,
    ).exclude(contract_id=revision.contract_id)
    agent = contract_bodies.agent_of(revision)
    for other in others.order_by("contract_id"):
        if contract_bodies.agent_of(other) == agent:
            raise Conflict(
                _("%(agent)s is under the active contract %(other)s already; retire that first.")
                % {"agent": agent, "other": other},
                code="agent_has_contract",
            )


def _check_shape(contract_id: str, family: str, body: Any) -> None:
    errors = {}
    if not 1 <= len(contract_id) <= 128:
        errors["contract_id"] = _("must have 1 to 128 characters")
    if family not in ContractFamily.values:
        errors["contract_family"] = _("must be one of %(allowed)s") % {
            "allowed": ", ".join(ContractFamily.values)
        }
    errors |= contract_bodies.errors(family, body)
    if errors:
        raise Invalid(errors)


def _record(by: Caller, revision: ContractRevision, action: str) -> None:
    details = {
        "contract_id": revision.contract_id,
        "version": f"{revision.version_major}.{revision.version_minor}",
        "body_hash": revision.body_hash,
    }
    audit.append(
        project_id=revision.project_id,
        by=by,
        entry=audit.Entry(action, "contract", str(revision.revision_id), details),
    )
