"""The decision box (`awooop.decision_box`), for any page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.safestring import SafeString

from awooop import decision_box as box

register = template.Library()


@register.simple_tag(takes_context=True)
def decision_box(context: template.Context, decision: Mapping[str, Any]) -> SafeString:
    """Draw a decision box, with its form where one may decide."""
    return box.draw(decision, context.get("csrf_token") or "")
