"""Django's tags that a page uses hundreds of times, without what does not change between two uses.

`{% url %}` is the one of here in every template (TEMPLATES says so), `{% translate %}` in those
that load `ui` after Django's `i18n`.
"""

from __future__ import annotations

from typing import Any

from django.template import Context, Library, Node
from django.template.base import Parser, Token
from django.template.defaulttags import URLNode
from django.template.defaulttags import url as parse_url
from django.templatetags import i18n
from django.urls import NoReverseMatch
from django.utils.html import conditional_escape
from django.utils.translation import get_language

from awooop import paths

register = Library()


class SaidNode(i18n.TranslateNode):
    """A constant text: looked up once in each language."""

    def __init__(self, node: i18n.TranslateNode) -> None:
        super().__init__(node.filter_expression, node.noop)
        self._said: dict[tuple[str | None, bool], str] = {}

    def render(self, context: Context) -> str:
        """Answer the text in the reader's language."""
        key = (get_language(), context.autoescape)
        if key not in self._said:
            self._said[key] = super().render(context)
        return self._said[key]


@register.tag("translate")
@register.tag("trans")
def translate(parser: Parser, token: Token) -> Node:
    """Translate a text, as Django's tag of that name does."""
    node = i18n.do_translate(parser, token)
    text = node.filter_expression
    is_constant = not (text.filters or getattr(text.var, "lookups", None) or node.noop)
    if is_constant and node.asvar is None and node.message_context is None:
        return SaidNode(node)
    return node


class PathNode(URLNode):
    """The address of a page by its name and at most one part."""

    def render(self, context: Context) -> str:
        """Answer the address, escaped where the context asks for it."""
        name, given = self.view_name.resolve(context), [arg.resolve(context) for arg in self.args]
        try:
            made = paths.path(name, *given)
        except NoReverseMatch:
            return super().render(context)  # it raises, or says nothing where that was asked for
        if self.asvar:
            context[self.asvar] = made
            return ""
        return conditional_escape(made) if context.autoescape else made


@register.tag
def url(parser: Parser, token: Token) -> Node:
    """Answer the address of a page, as Django's tag of that name does."""
    node: Any = parse_url(parser, token)
    is_namespaced = ":" in str(getattr(node.view_name, "var", ""))
    if node.kwargs or is_namespaced:
        return node
    return PathNode(node.view_name, node.args, node.kwargs, node.asvar)
