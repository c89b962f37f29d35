"""The panel of notes, for any page."""

from __future__ import annotations

from typing import Any

from django import template

from awooop.notes import panel

register = template.Library()


@register.inclusion_tag("components/notes.html", takes_context=True)
def notes_panel(
    context: template.Context,
    kind: str,
    ident: object,
    project_id: str,
    noted: Any = None,
    is_active: bool | None = None,
) -> Any:
    """Show the notes on one thing, with the form to write another; one statement, none where the
    notes are given, and whether the project is on."""
    request = context["request"]
    shown = panel.of(request.caller, kind, str(ident), project_id, noted, is_active)
    return shown | {"request": request, "csrf_token": context.get("csrf_token")}
