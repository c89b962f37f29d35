"""Draft, activate and retire contract revisions: the gateway's policy."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from awooop import permissions
from awooop.actions import audit
from awooop.callers import Caller
from awooop.canonical import fingerprint
from awooop.errors import Conflict, Invalid
from awooop.models import ContractRevision
from awooop.models.contract import ContractFamily, LifecycleStatus

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
        raise Conflict(f"{contract_id} {major}.{minor} exists already.", code="version_exists")
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
        raise Conflict("Only a draft's body can be changed.", code="body_immutable")
    _check_shape(locked.contract_id, locked.contract_family, body)
    locked.body, locked.body_hash = body, fingerprint(body)
    locked.save(update_fields=["body", "body_hash"])
    _record(by, locked, "contract.edit")
    return locked


@transaction.atomic
def set_status(*, by: Caller, revision: ContractRevision, status: str) -> ContractRevision:
    """Move a revision along its life; activating deprecates the one that was active.

    Raises NotAllowed, or Conflict where the life does not lead there.
    """
    permissions.check_can(by, "contract.edit", revision.project_id)
    same_contract = ContractRevision.objects.select_for_update().filter(
        project_id=revision.project_id, contract_id=revision.contract_id
    )
    locked = {row.pk: row for row in same_contract.order_by("revision_id")}[revision.pk]
    if status not in _NEXT[locked.lifecycle_status]:
        raise Conflict(
            f"A revision that is {locked.lifecycle_status} cannot become {status}.",
            code="illegal_transition",
        )
    if status == LifecycleStatus.ACTIVE:
        same_contract.filter(lifecycle_status=LifecycleStatus.ACTIVE).update(
            lifecycle_status=LifecycleStatus.DEPRECATED
        )
    locked.lifecycle_status = status
    locked.save(update_fields=["lifecycle_status"])
    _record(by, locked, f"contract.{status}")
    return locked


def _check_shape(contract_id: str, family: str, body: Any) -> None:
    errors = {}
    if not 1 <= len(contract_id) <= 128:
        errors["contract_id"] = "must have 1 to 128 characters"
    if family not in ContractFamily.values:
        errors["contract_family"] = f"must be one of {', '.join(ContractFamily.values)}"
    if not isinstance(body, dict):
        errors["body"] = "must be a JSON object"
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
