"""Forms drawn as Django draws them, without a template for each option of each list.

A page's filters are five fields of up to ten options, and each option was a template that includes
another: a tenth of the page. What is not here is drawn by Django's own templates.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.forms.renderers import DjangoTemplates
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString


class FormRenderer(DjangoTemplates):
    """Draws inputs and lists by hand, and the rest by templates."""

    def render(self, template_name: str, context: dict[str, Any], request: Any = None) -> str:
        """Answer the markup of a form, a field or a widget."""
        draw = _DRAWN.get(template_name)
        if draw is None:
            return super().render(template_name, context, request)
        return SafeString(draw(context["widget"]))


def _input(widget: Mapping[str, Any]) -> str:
    value = widget["value"]
    said = "" if value is None else f' value="{conditional_escape(str(value))}"'
    name = conditional_escape(widget["name"])
    return f'<input type="{widget["type"]}" name="{name}"{said}{_attributes(widget)}>'


def _select(widget: Mapping[str, Any]) -> str:
    options = "".join(
        f"\n  {_grouped(name, choices)}" if name else "".join(map(_option, choices))
        for name, choices, _index in widget["optgroups"]
    )
    name = conditional_escape(widget["name"])
    return f'<select name="{name}"{_attributes(widget)}>{options}\n</select>'


def _grouped(name: object, choices: list[Mapping[str, Any]]) -> str:
    options = "".join(map(_option, choices))
    return f'<optgroup label="{conditional_escape(name)}">{options}\n  </optgroup>'


def _option(option: Mapping[str, Any]) -> str:
    value, label = conditional_escape(str(option["value"])), conditional_escape(option["label"])
    return f'\n  <option value="{value}"{_attributes(option)}>{label}</option>'


def _attributes(widget: Mapping[str, Any]) -> str:
    return "".join(
        f" {conditional_escape(name)}"
        + ("" if value is True else f'="{conditional_escape(str(value))}"')
        for name, value in widget["attrs"].items()
        if value is not False
    )


_WIDGETS = "django/forms/widgets"
_DRAWN: dict[str, Callable[[Mapping[str, Any]], str]] = {
    f"{_WIDGETS}/select.html": _select,
    **{
        f"{_WIDGETS}/{kind}.html": _input
        for kind in ("text", "input", "hidden", "number", "email", "password", "url", "date")
    },
}
