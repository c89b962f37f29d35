"""Links from one row's admin page to the rows that tell of it."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Model
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString


def searches(targets: Iterable[tuple[type[Model], str]]) -> SafeString:
    """Answer links to admin lists, each searched for a term."""
    return format_html_join(
        " · ",
        '<a href="{}?q={}">{}</a>',
        (
            (
                reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"),
                term,
                model._meta.verbose_name_plural,
            )
            for model, term in targets
        ),
    )


def page(url: str, label: str) -> SafeString:
    """Answer a link to a page of the console."""
    return format_html('<a href="{}">{}</a>', url, label)
