"""Reads of the kernel."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from awooop.models import ContractRevision, Project

CONTRACTS_AT_MOST = 200


def tenants(projects: Sequence[str], *, is_active: bool | None = None) -> list[dict[str, Any]]:
    """Answer the visible projects as the API lists them: all (None), or those that are active or
    not."""
    rows = Project.objects.filter(project_id__in=projects)
    if is_active is not None:
        rows = rows.filter(is_active=is_active)
    return list(
        rows.order_by("project_id").values(
            "project_id",
            "display_name",
            "migration_mode",
            "budget_limit_usd",
            "is_active",
            "created_at",
        )
    )


def contracts(
    projects: Sequence[str], *, lifecycle_status: str | None = None
) -> list[dict[str, Any]]:
    """Answer contract revisions, newest first, at most 200."""
    rows = ContractRevision.objects.filter(project_id__in=projects)
    if lifecycle_status:
        rows = rows.filter(lifecycle_status=lifecycle_status)
    return list(
        rows.order_by("-created_at", "-revision_id").values(
            "revision_id",
            "contract_id",
            "contract_family",
            "lifecycle_status",
            "body_hash",
            "version_major",
            "version_minor",
            "created_at",
            "project_id",
        )[:CONTRACTS_AT_MOST]
    )
