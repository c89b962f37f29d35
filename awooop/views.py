"""The kernel's pages: tenants, contracts, the page of components."""

from __future__ import annotations

from functools import partial

from django.contrib.admin.views.decorators import staff_member_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from awooop import design_samples, listing, lists, permissions, selectors
from awooop.errors import Invalid
from awooop.listing import export
from awooop.listing.state import show
from awooop.models.contract import LifecycleStatus

_TENANT = (
    "project_id", "display_name", "migration_mode", "is_active", "budget_limit_usd", "created_at",
)  # fmt: skip
_ACTIVE = {"": None, "true": True, "false": False}
_CONTRACT = (
    "revision_id", "project_id", "contract_id", "contract_family", "lifecycle_status",
    "version_major", "version_minor", "body_hash", "created_at",
)  # fmt: skip


@require_safe
@listing.listed(lists.TENANTS)
def tenants(request: HttpRequest) -> HttpResponseBase:
    """The projects that the reader may see."""
    projects = request.caller.projects
    active = request.GET.get("active", "")
    if active not in _ACTIVE:
        raise Invalid({"active": _("must be one of %(allowed)s") % {"allowed": "true, false"}})
    read = partial(selectors.tenants, projects, is_active=_ACTIVE[active])
    if export.is_wanted(request):
        return export.respond(request, "tenants", _TENANT, export.once(projects, read))
    context = {"tenants": read(), "active": active, "clear_href": listing.cleared(request)}
    return show(request, "awooop/tenants.html", context)


@require_safe
@listing.listed(lists.CONTRACTS)
def contracts(request: HttpRequest) -> HttpResponseBase:
    """Contract revisions, newest first."""
    projects = permissions.readable_projects(request.caller, request.GET.get("project_id"))
    status = request.GET.get("lifecycle_status", "")
    if status and status not in LifecycleStatus.values:
        allowed = ", ".join(LifecycleStatus.values)
        raise Invalid({"lifecycle_status": _("must be one of %(allowed)s") % {"allowed": allowed}})
    read = partial(selectors.contracts, projects, lifecycle_status=status or None)
    if export.is_wanted(request):
        return export.respond(request, "contracts", _CONTRACT, export.once(projects, read))
    rows = read()
    context = {
        "contracts": rows,
        "clear_href": listing.cleared(request),
        "statuses": LifecycleStatus.choices,
        "status": status,
        "may_edit": any(permissions.can(request.caller, "contract.edit", one) for one in projects),
    }
    return show(request, "awooop/contracts.html", context)


@staff_member_required
@require_safe
def design(request: HttpRequest) -> HttpResponse:
    """The live page of the design language's components."""
    return render(request, "design.html", design_samples.context())
