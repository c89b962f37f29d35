"""The kernel's part of the API: tenants and contracts."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Router

from awooop import permissions, selectors
from awooop.rest import PROBLEMS, READ, Answer

router = Router(tags=["platform"])


class Tenant(Answer):
    """A project."""

    project_id: str
    display_name: str
    migration_mode: str
    budget_limit_usd: Decimal | None
    is_active: bool
    created_at: datetime


class Tenants(Answer):
    tenants: list[Tenant]
    total: int


class Contract(Answer):
    """A contract revision, without its body."""

    revision_id: UUID
    contract_id: str
    contract_family: str
    lifecycle_status: str
    body_hash: str
    version_major: int
    version_minor: int
    created_at: datetime
    project_id: str


class Contracts(Answer):
    contracts: list[Contract]
    total: int


@router.get("/platform/tenants", response={200: Tenants, **PROBLEMS}, auth=READ)
def list_tenants(request: HttpRequest):
    """The projects that the key may see."""
    rows = selectors.tenants(request.caller.projects)
    return {"tenants": rows, "total": len(rows)}


@router.get("/platform/contracts", response={200: Contracts, **PROBLEMS}, auth=READ)
def list_contracts(
    request: HttpRequest,
    project_id: str | None = None,
    lifecycle_status: Literal["draft", "active", "deprecated", "retired"] | None = None,
):
    """Contract revisions, newest first, at most 200."""
    projects = permissions.readable_projects(request.caller, project_id)
    rows = selectors.contracts(projects, lifecycle_status=lifecycle_status)
    return {"contracts": rows, "total": len(rows)}
