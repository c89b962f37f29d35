"""What the administration's home shows beside the tables."""

from __future__ import annotations

from typing import Any

from django import template

from awooop import background

register = template.Library()


@register.inclusion_tag("admin/awooop/background.html")
def background_work() -> dict[str, Any]:
    """The queue and every schedule, with what is late or failing."""
    return {"queue": background.queue(), "bells": background.bells()}
