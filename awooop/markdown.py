"""Markdown as safe HTML: what an entry says can be read, and can do nothing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token

_TAGS = {
    "a", "blockquote", "br", "code", "del", "em", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol",
    "p", "pre", "s", "strong", "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
_ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}}
_SCHEMES = {"http", "https", "mailto"}
_ABSOLUTE = re.compile(r"(?:https?://|mailto:)[^\s]", re.IGNORECASE)
# A heading of the text stands below the page's own.
_LOWER = {"h1": "h2", "h2": "h3", "h3": "h4", "h4": "h5", "h5": "h6", "h6": "h6"}


def _make() -> MarkdownIt:
    markdown = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    for name in ("heading_open", "heading_close"):
        markdown.add_render_rule(name, _heading)
    markdown.add_render_rule("image", _image)
    return markdown


def _heading(
    self: RendererHTML, tokens: Sequence[Token], index: int, options: Any, env: Any
) -> str:
    tokens[index].tag = _LOWER.get(tokens[index].tag, tokens[index].tag)
    return self.renderToken(tokens, index, options, env)


def _image(self: RendererHTML, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    """A picture from elsewhere would tell its host who reads: show a link to it."""
    token = tokens[index]
    says = self.renderInlineAsText(token.children or [], options, env)
    where = str(token.attrGet("src") or "")
    opening = Token("link_open", "a", 1, attrs={"href": where})
    inner = Token("text", "", 0, content=says or where)
    closing = Token("link_close", "a", -1)
    return self.renderInline([opening, inner, closing], options, env)


def _kept(tag: str, attribute: str, value: str) -> str | None:
    # A relative address means something at its source, not here.
    if attribute == "href" and not _ABSOLUTE.match(value.strip()):
        return None
    return value


_MARKDOWN = _make()


def render(text: str) -> SafeString:
    """Answer a text as HTML without scripts, handlers, forms, pictures, styles or raw HTML."""
    html = nh3.clean(
        _MARKDOWN.render(text),
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        attribute_filter=_kept,
        url_schemes=_SCHEMES,
        link_rel="noopener noreferrer nofollow",
    )
    return mark_safe(html)  # noqa: S308 - sanitised by nh3 just above
