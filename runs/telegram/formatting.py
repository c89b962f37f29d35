"""How a message's text looks in Telegram: HTML with the first line bold, cut at the limit.

The limit counts what is shown, not the markup, in UTF-16 units; the text is therefore cut first, at
a line or a word, and escaped after, so that no cut falls inside an entity, a tag or a character.
"""

from __future__ import annotations

import unicodedata

LIMIT = 4096
_BREAKS = ("\n", " ")
_LOOK_BACK = 400


def as_html(text: str, *, more: str, limit: int = LIMIT) -> str:
    """Answer `text` as Telegram's HTML, within the limit; `more` is the line that ends a cut
    text."""
    shown = fitted(text.strip() or "–", more=more, limit=limit)
    first, newline, rest = shown.partition("\n")
    return f"<b>{escape(first)}</b>{newline}{escape(rest)}"


def escape(text: str) -> str:
    """Answer text in which `&`, `<` and `>` stand for themselves."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def fitted(text: str, *, more: str, limit: int = LIMIT) -> str:
    """Answer the text itself, or its beginning and `more` where it is too long."""
    if units(text) <= limit:
        return text
    tail = f"\n… {more}"
    return _beginning(text, limit - units(tail)).rstrip() + tail


def units(text: str) -> int:
    """Answer a text's length as Telegram counts it: in UTF-16 units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _beginning(text: str, limit: int) -> str:
    cut = text.encode("utf-16-le", "surrogatepass")[: 2 * limit].decode("utf-16-le", "ignore")
    for mark in _BREAKS:
        place = cut.rfind(mark, max(0, len(cut) - _LOOK_BACK))
        if place > 0:
            return cut[:place]
    # A long run without a space: not between a letter and what combines with it.
    following = text[len(cut) : len(cut) + 1]
    while cut and (_joins(following) or cut.endswith("\u200d")):
        cut, following = cut[:-1], cut[-1]
    return cut


def _joins(character: str) -> bool:
    return bool(character) and (
        unicodedata.combining(character) != 0
        or character in "\u200d\ufe0e\ufe0f"
        or "\U0001f3fb" <= character <= "\U0001f3ff"
    )
