"""Tables whose rows are drawn in Python (`awooop.listing.table`)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import template
from django.utils.safestring import SafeString

from awooop.listing.table import Shown, Table
from awooop.templatetags.listing import list_columns

register = template.Library()


@register.simple_tag(takes_context=True)
def table_head(context: template.Context, table: Table) -> SafeString:
    """Draw the headings of a table's columns, as the reader chose them."""
    return table.head(_shown(context))


@register.simple_tag(takes_context=True)
def table_rows(context: template.Context, table: Table, rows: Iterable[Any]) -> SafeString:
    """Draw a table's rows in these columns."""
    return table.rows(_shown(context), rows)


def _shown(context: template.Context) -> Shown:
    columns = list_columns(context)
    return Shown(context["request"], columns, len(context.get("projects") or ()))
