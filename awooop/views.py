"""The kernel's pages: tenants, contracts, the page of components."""

from __future__ import annotations

from django.contrib.admin.views.decorators import staff_member_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from awooop import design_samples, permissions, selectors
from awooop.errors import Invalid
from awooop.models.contract import LifecycleStatus


@require_safe
def tenants(request: HttpRequest) -> HttpResponse:
    """The projects that the reader may see."""
    return render(
        request, "awooop/tenants.html", {"tenants": selectors.tenants(request.caller.projects)}
    )


@require_safe
def contracts(request: HttpRequest) -> HttpResponse:
    """Contract revisions, newest first."""
    projects = permissions.readable_projects(request.caller, request.GET.get("project_id"))
    status = request.GET.get("lifecycle_status", "")
    if status and status not in LifecycleStatus.values:
        allowed = ", ".join(LifecycleStatus.values)
        raise Invalid({"lifecycle_status": _("must be one of %(allowed)s") % {"allowed": allowed}})
    rows = selectors.contracts(projects, lifecycle_status=status or None)
    context = {
        "contracts": rows,
        "statuses": LifecycleStatus.choices,
        "status": status,
        "may_edit": any(permissions.can(request.caller, "contract.edit", one) for one in projects),
    }
    return render(request, "awooop/contracts.html", context)


@staff_member_required
@require_safe
def design(request: HttpRequest) -> HttpResponse:
    """The live page of the design language's components."""
    return render(request, "design.html", design_samples.context())
