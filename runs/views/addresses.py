"""Addresses that several pages make alike."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest


def cleared(request: HttpRequest) -> str:
    """Answer this list's address without its filters; the chosen project stays."""
    project_id = request.GET.get("project_id")
    return f"{request.path}?{urlencode({'project_id': project_id})}" if project_id else request.path
