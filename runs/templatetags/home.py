"""Tags of the home page."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django import template
from django.utils.translation import gettext as _

from awooop import ui_status, ui_time
from awooop.templatetags import ui

register = template.Library()


@register.simple_tag
def measure(value: Any, kind: str) -> str:
    """Say a number of the comparison as its kind asks: a share, a length of time, a count."""
    if value is None:
        return ui.DASH
    if kind == "percent":
        return ui.percent(value)
    return ui_time.span(int(value)) if kind == "seconds" else ui.number(value)


@register.filter
def severity_word(value: str) -> str:
    """Answer a severity's translated word, small, for the middle of a sentence."""
    return str(ui_status.look_of(ui_status.SEVERITIES, value).label).lower()


@register.simple_tag(takes_context=True)
def project_query(context: template.Context) -> str:
    """Answer the query string that keeps the chosen project, '' for all."""
    project_id = context.get("current_project")
    return f"?{urlencode({'project_id': project_id})}" if project_id else ""


@register.simple_tag
def verdict(value: str) -> str:
    """Say how a measure compares, as a word, a shape and a tone."""
    label, tone, icon, title = _verdicts().get(value, _verdicts()["unknown"])
    return ui.badge(label, tone, icon, title)


def _verdicts() -> dict[str, tuple[str, str, str, str]]:
    few = _("Fewer than five on one of the two days: too few to compare.")
    neither = _("Neither good nor bad by itself.")
    return {
        "better": (_("Better"), "ok", "check", ""),
        "worse": (_("Worse"), "bad", "alert", ""),
        "same": (_("The same"), "idle", "minus", _("Within 5 %.")),
        "more": (_("Higher"), "idle", "up", neither),
        "fewer": (_("Lower"), "idle", "down", neither),
        "unknown": (_("Too few"), "unknown", "dashed", few),
    }
