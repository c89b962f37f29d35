"""How the admin shows what has no field of its own to be shown by."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from typing import Any

from django.db import models
from django.utils.html import format_html
from django.utils.safestring import SafeString

Shown = str | Callable[[models.Model], SafeString]


def as_json(value: Any) -> SafeString:
    """Answer a JSON value as indented, escaped text."""
    text = json.dumps(value, indent=2, ensure_ascii=False, sort_keys=True, default=str)
    return format_html('<pre class="readonly">{}</pre>', text)


def shown(field: models.Field) -> Shown:
    """Answer what a read-only form lists for a field: its name, or for JSON something legible."""
    return _json_column(field) if isinstance(field, models.JSONField) else field.name


@cache
def _json_column(field: models.JSONField) -> Callable[[models.Model], SafeString]:
    def show(row: models.Model) -> SafeString:
        return as_json(getattr(row, field.attname))

    show.__name__ = f"{field.name}_as_json"
    show.short_description = field.verbose_name  # type: ignore[attr-defined]
    return show
