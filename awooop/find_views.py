"""The palette's page: everything by its id or by words; the same answer fills the dialog."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from awooop import finding, permissions
from awooop.errors import Invalid
from awooop.finding.registry import LONGEST


@require_safe
def find(request: HttpRequest) -> HttpResponse:
    """What is called so, or has such an id, by kind; without a word, the pages there are."""
    projects = permissions.readable_projects(request.caller, request.GET.get("project_id"))
    text = request.GET.get("q", "").strip()
    if len(text) > LONGEST:
        raise Invalid({"q": _("must have at most %(n)d characters") % {"n": LONGEST}})
    context = {"q": text, "groups": finding.find(request.caller, projects, text)}
    is_fragment = request.htmx and not request.htmx.boosted
    template = "awooop/_found.html" if is_fragment else "awooop/find.html"
    response = render(request, template, context)
    patch_vary_headers(response, ["HX-Request"])
    return response
