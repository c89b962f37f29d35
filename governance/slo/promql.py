"""Scope a PromQL query to one project: each selector in it gets the matcher of the project's label.

A matcher can only narrow a selector, so whatever a query names, it is answered of its own project.
What cannot be told for certain to be no selector is refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.utils.translation import gettext as _

from awooop.errors import Invalid

LABEL = "project_id"
_STRING = r"""\"(?:\\.|[^"\\])*\"|'(?:\\.|[^'\\])*'|`[^`]*`"""
_TOKEN = re.compile(
    rf"""
      (?P<blank>\s+|\#[^\n]*)
    | (?P<string>{_STRING})
    | (?P<matchers>\{{(?:{_STRING}|\#[^\n]*|[^{{}}"'`\#])*\}})
    | (?P<range>\[\s*\d[\w.:\s]*\])
    | (?P<number>(?:\d|\.\d)[\w.]*(?:(?<=[eE])[+-]\d+)?)
    | (?P<name>[A-Za-z_:][A-Za-z0-9_:]*)
    | (?P<sign>[-+*/%^=<>!~,()@])
    """,
    re.VERBOSE | re.DOTALL,
)
_TAKES_LABELS = frozenset({"by", "without", "on", "ignoring", "group_left", "group_right"})
_BETWEEN = frozenset({"and", "or", "unless", "atan2", "offset"})
_KEYWORDS = _TAKES_LABELS | _BETWEEN | {"bool"}
_NUMBERS = frozenset({"inf", "nan"})
_ACROSS = {"sum", "min", "max", "avg", "group", "stddev", "stdvar", "count", "quantile"}
_PICKING = {"count_values", "bottomk", "topk", "limitk", "limit_ratio"}
_AGGREGATORS = frozenset(_ACROSS | _PICKING)


@dataclass
class _Token:
    kind: str
    text: str
    scoped: str

    @property
    def word(self) -> str:
        """The name, as keywords are compared; empty for anything else."""
        return self.text.lower() if self.kind == "name" else ""

    @property
    def ends_operand(self) -> bool:
        """Whether an operator may follow."""
        if self.kind == "name":
            return self.word not in _KEYWORDS
        return self.kind in ("string", "matchers", "range", "number") or self.text == ")"


_END = _Token("end", "", "")


def check(query: str) -> None:
    """Raise Invalid for `query` unless it can be scoped to a project."""
    scoped(query, "any")


def scoped(query: str, project_id: str) -> str:
    """Answer the query with the project's matcher in each selector; raises Invalid for `query`."""
    matcher = f'{LABEL}="{project_id}"'
    tokens = _tokens(query)
    told = [token for token in tokens if token.kind != "blank"]
    if not told:
        raise Invalid({"query": _("must not be empty")})
    labels = _label_lists(told)
    for index, token in enumerate(told):
        before = told[index - 1] if index else _END
        following = told[index + 1] if index + 1 < len(told) else _END
        if token.kind == "matchers":
            token.scoped = _narrowed(token.text, matcher)
        elif token.kind == "name" and index not in labels:
            bare = _is_metric(token, before, following) and following.kind != "matchers"
            token.scoped = f"{token.text}{{{matcher}}}" if bare else token.text
    return "".join(token.scoped for token in tokens)


def _tokens(query: str) -> list[_Token]:
    found, position = [], 0
    while position < len(query):
        match = _TOKEN.match(query, position)
        if match is None:
            raise Invalid({"query": f"is no PromQL: {query[position : position + 20]!r}"})
        found.append(_Token(str(match.lastgroup), match[0], match[0]))
        position = match.end()
    return found


def _narrowed(matchers: str, matcher: str) -> str:
    inner = matchers[1:-1]
    is_empty = not re.sub(r"#[^\n]*", "", inner).strip()
    return f"{{{matcher}{inner}}}" if is_empty else f"{{{matcher},{inner}}}"


def _label_lists(told: list[_Token]) -> set[int]:
    """Answer where the names stand that `by (…)` and its like take: labels, not metrics."""
    found: set[int] = set()
    for index, token in enumerate(told[:-1]):
        if token.word in _TAKES_LABELS and told[index + 1].text == "(":
            for place in range(index + 2, len(told)):
                if told[place].text == ")":
                    break
                if told[place].kind != "name" and told[place].text != ",":
                    raise Invalid(
                        {"query": _("`%(text)s` takes names of labels only") % {"text": token.text}}
                    )
                found.add(place)
    return found


def _is_metric(token: _Token, before: _Token, following: _Token) -> bool:
    if token.word in _KEYWORDS:
        if not _stands_as_keyword(token.word, before, following):
            raise Invalid(
                {"query": _("`%(text)s` stands where a metric would") % {"text": token.text}}
            )
        return False
    if token.word in _NUMBERS or following.text == "(":
        return False
    return not (token.word in _AGGREGATORS and following.word in ("by", "without"))


def _stands_as_keyword(word: str, before: _Token, following: _Token) -> bool:
    """Whether a keyword is one here: Prometheus takes the same words as names of metrics."""
    if word in _BETWEEN:
        return before.ends_operand
    if word == "bool":
        return before.text in ("=", "<", ">")
    is_join = word in ("group_left", "group_right") and before.text == ")"
    return is_join or following.text == "("
