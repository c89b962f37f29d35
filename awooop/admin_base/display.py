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


def listed(model: type[models.Model], name: Any) -> Any:
    """Answer what a list shows under a name: a reference's own key gets its field's label, where
    Django would spell the column's name."""
    fields = {field.attname: field for field in model._meta.concrete_fields}
    field = fields.get(name) if isinstance(name, str) else None
    return name if field is None or field.name == name else _key_column(field)


@cache
def _key_column(field: models.Field) -> Callable[[models.Model], Any]:
    def show(row: models.Model) -> Any:
        return getattr(row, field.attname)

    show.__name__ = field.attname
    show.short_description = field.verbose_name  # type: ignore[attr-defined]
    return show


@cache
def _json_column(field: models.JSONField) -> Callable[[models.Model], SafeString]:
    def show(row: models.Model) -> SafeString:
        return as_json(getattr(row, field.attname))

    show.__name__ = f"{field.name}_as_json"
    show.short_description = field.verbose_name  # type: ignore[attr-defined]
    return show
