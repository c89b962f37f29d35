"""What the pages of owner reviews share: the project that they are about, and links back."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse

from awooop import permissions


def one_project(request: HttpRequest) -> str:
    """Answer the project that a page is about: the named one, else the first that is visible, ''
    where none is; raises NotFound."""
    projects = permissions.readable_projects(request.caller, request.GET.get("project_id"))
    return projects[0] if projects else ""


def posted_project(request: HttpRequest) -> str:
    """Answer the project that a form is about, in which the caller may review.

    Raises NotFound, NotAllowed, or Invalid where none is named or implied.
    """
    project = permissions.writable_project(request.caller, request.POST.get("project_id"))
    permissions.check_can(request.caller, "knowledge.review", project)
    return project


def may_review(request: HttpRequest, project: str) -> bool:
    """Whether the reader may queue and complete reviews in the project now."""
    return permissions.can_write(request.caller, "knowledge.review", project)


def address(name: str, *args: Any, **query: Any) -> str:
    """Answer a page's address; a query key without a value is left out."""
    given = {key: value for key, value in query.items() if value not in (None, "")}
    path = reverse(name, args=args)
    return f"{path}?{urlencode(given, doseq=True)}" if given else path


def is_fragment(request: HttpRequest) -> bool:
    """Whether htmx asks for a part of the page."""
    return bool(request.htmx and not request.htmx.boosted)


def me(request: HttpRequest) -> str:
    """Answer how the reader is called as an owner."""
    user = request.caller.user
    return user.email if user is not None else ""
