"""Show where an entry has what was looked for: escaped text with its words marked."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Set as AbstractSet

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from knowledge.search import words

LENGTH = 240
READ_AT_MOST = 12_000
_SPANS_AT_MOST = 200
_ENDING_AT_MOST = 5
_MARKUP = (
    (re.compile(r"\A\s*#\s.*$", re.MULTILINE), " "),  # the title, which stands above already
    (re.compile(r"^\s*(```|~~~).*$", re.MULTILINE), " "),
    (re.compile(r"!?\[([^\]]*)\]\([^)\s]*\)"), r"\1"),
    (re.compile(r"^\s{0,3}(#{1,6}|>|[-*+]|\d+\.)\s+", re.MULTILINE), ""),
    (re.compile(r"[*`]{1,3}|\{\{[<%].*?[>%]\}\}|<!--.*?-->", re.DOTALL), ""),
    (re.compile(r"\s+"), " "),
)
Span = tuple[int, int, str]


def plain(content: str) -> str:
    """Answer Markdown as one line of text, roughly."""
    text = content[:READ_AT_MOST]
    for pattern, instead in _MARKUP:
        text = pattern.sub(instead, text)
    return text.strip()


def excerpt(content: str, terms: AbstractSet[str]) -> SafeString:
    """Answer the part of a text that has most of the terms, with them marked."""
    text = plain(content)
    found = _spans(text, terms)
    start = _best_start(found)
    end = min(len(text), start + LENGTH)
    shown = [span for span in found if start <= span[0] and span[1] <= end]
    marked = _marked(text[start:end], [(at - start, to - start, term) for at, to, term in shown])
    before, after = "… " if start else "", " …" if end < len(text) else ""
    return mark_safe(f"{before}{marked}{after}")  # noqa: S308 - _marked escapes


def mark(text: str, terms: AbstractSet[str]) -> SafeString:
    """Answer a whole text, escaped, with the terms marked."""
    return _marked(text, _spans(text, terms))


def _best_start(found: list[Span]) -> int:
    """Answer where the stretch begins that has most different terms."""
    best, start, last = 0, 0, 0
    inside: Counter[str] = Counter()
    for first, (at, _, term) in enumerate(found):
        while last < len(found) and found[last][1] <= at + LENGTH:
            inside[found[last][2]] += 1
            last += 1
        if len(inside) > best:
            best, start = len(inside), at
        if first < last:
            inside[term] -= 1
            inside += Counter()  # drops what is not inside any more
    return max(0, start - 40) if start > 60 else 0


def _spans(text: str, terms: AbstractSet[str]) -> list[Span]:
    if not terms:
        return []
    found: list[Span] = []
    seen: dict[str, str | None] = {}
    for run in words.runs(text):
        word = run[0]
        if words.is_chinese(word):
            found += _chinese(word, run.start(), terms)
            continue
        if word not in seen:
            seen[word] = next(
                (hit for w in words.words_of_run(word) if (hit := _term(w, terms))), None
            )
        if (term := seen[word]) is not None:
            found.append((run.start(), run.end(), term))
    return found[:_SPANS_AT_MOST]


def _chinese(run: str, offset: int, terms: AbstractSet[str]) -> list[Span]:
    if run in terms:
        return [(offset, offset + len(run), run)]
    spans: list[Span] = []
    for at in range(len(run) - 1):
        pair = run[at : at + 2]
        if pair not in terms:
            continue
        if spans and spans[-1][1] >= offset + at:  # pairs overlap: one mark for both
            spans[-1] = (spans[-1][0], offset + at + 2, spans[-1][2])
        else:
            spans.append((offset + at, offset + at + 2, pair))
    return spans


def _term(word: str, terms: AbstractSet[str]) -> str | None:
    """Answer the term that a word stands for: a stem is nearly always how the word begins."""
    for length in range(len(word), max(2, len(word) - _ENDING_AT_MOST - 1), -1):
        if word[:length] in terms:
            return word[:length]
    ending_in_i = f"{word[:-1]}i"
    return ending_in_i if ending_in_i in terms else None


def _marked(text: str, spans: list[Span]) -> SafeString:
    parts, last = [], 0
    for start, end, _ in spans:
        parts += [escape(text[last:start]), "<mark>", escape(text[start:end]), "</mark>"]
        last = end
    parts.append(escape(text[last:]))
    return mark_safe("".join(parts))  # noqa: S308 - every part is escaped
