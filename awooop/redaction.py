"""Take secrets out of text before it is stored, logged or shown.

A secret is replaced by `[redacted:kind]`; what names it (the key, the user, the host, the scheme)
stays, so that a reader still understands the line. Redacting what is redacted changes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from awooop import redaction_patterns as shapes

_MAX_DEPTH = 100
# One round finds everything in text as people and programs write it, a second sees that it did; in
# text made to confuse, what one round replaces can uncover more.
_MAX_ROUNDS = 4
# A longer value is never a placeholder; the bound keeps the scan linear (see `_replace`).
_MAX_PLACEHOLDER = 200
_SHORT_NAME = 40
_LINE_BACK = 80
_LINE_START = re.compile(
    r"(?:\A|[\n\r]|\\n)[ \t>]*(?:[-*+][ \t]+)?(?:(?:export|set|ENV|-e)[ \t]+)?"
    r"\*{0,2}[\"']?[\w.-]*\Z"
)
_VALUE_ENDS = re.compile(r"[ \t]*(?:\Z|[\n\r,;，。；、]|\\[nr]|#)")
_NEXT_KEY = re.compile(r"[ \t]+[\w.-]{1,40}[:=]")
_LOOKS_SECRET = re.compile(r"[0-9!@#$%^*?~+=\\]")
_MORE = re.compile(r"[^\s\"'`<>|\\]*+")
_FLAG_ENDS = re.compile(r"[\"']?[ \t]*(?:\Z|[\n\r|;&]|--?[A-Za-z]|\\)")
_PATH = re.compile(r"[.~]{0,2}/")
_TRAILING = ")]}.:"


@dataclass(frozen=True)
class Redacted:
    """Text without its secrets, and how many were taken out."""

    text: str
    count: int


# The part of a match to replace and the kind of what stands there, or None to leave it.
_Finding = tuple[int, int, str] | None


def redact(text: str) -> Redacted:
    """Answer `text` with every secret in it replaced by `[redacted:kind]`, and their number."""
    count = 0
    for _ in range(_MAX_ROUNDS):
        text, found = _redact_once(text)
        count += found
        if not found:
            break
    return Redacted(text, count)


def redact_json(value: Any) -> tuple[Any, int]:
    """Answer a copy of a JSON value with the secrets in its strings, names and members replaced.

    Under a name that says so (`password`, `client_secret`) a string or number is secret whatever it
    looks like. What is nested deeper than 100 levels is replaced as a whole.
    """
    return _redact_value(value, 0)


def _redact_once(text: str) -> tuple[str, int]:
    folded, count = text.casefold(), 0
    for rule in _RULES:
        if rule.may_apply(text, folded):
            text, found = _replace(rule.pattern, rule.find, text)
            if found:
                folded, count = text.casefold(), count + found
    return text, count


def _redact_value(value: Any, depth: int) -> tuple[Any, int]:
    if isinstance(value, str):
        done = redact(value)
        return done.text, done.count
    if not isinstance(value, (dict, list, tuple)):
        return value, 0
    if depth >= _MAX_DEPTH:
        return _marker("too_deep"), 1
    if isinstance(value, dict):
        return _redact_members(value, depth)
    done_items = [_redact_value(item, depth + 1) for item in value]
    return [item for item, _ in done_items], sum(count for _, count in done_items)


def _redact_members(members: dict[Any, Any], depth: int) -> tuple[dict[Any, Any], int]:
    result: dict[Any, Any] = {}
    total = 0
    for name, value in members.items():
        kind, shown = _of_name(name)
        done, count = _hide(value, kind, depth) if kind else _redact_value(value, depth + 1)
        result[_unused(shown.text, result)] = done
        total += count + shown.count
    return result, total


def _hide(value: Any, kind: str, depth: int) -> tuple[Any, int]:
    if isinstance(value, (list, tuple)) and depth < _MAX_DEPTH:
        done_items = [_hide(item, kind, depth + 1) for item in value]
        return [item for item, _ in done_items], sum(count for _, count in done_items)
    if isinstance(value, bool) or value is None or isinstance(value, (dict, list, tuple)):
        return _redact_value(value, depth + 1)
    if isinstance(value, str) and (
        not value or value.startswith("[redacted:") or _stands_in(value)
    ):
        return value, 0
    return _marker(_kind_of_value(value, kind)), 1


def _of_name(name: Any) -> tuple[str | None, Redacted]:
    """Answer what kind of secret a member of this name is, if any, and the name as it is shown."""
    if not isinstance(name, str):
        return None, Redacted(name, 0)
    return _of_short_name(name) if len(name) <= _SHORT_NAME else _of_text_name(name)


def _of_text_name(name: str) -> tuple[str | None, Redacted]:
    match = shapes.SECRET_NAME.search(name)
    return match.lastgroup if match else None, redact(name)


_of_short_name = lru_cache(maxsize=2_000)(_of_text_name)  # the same few names, again and again


def _unused(name: Any, taken: dict[Any, Any]) -> Any:
    unused, number = name, 2
    while unused in taken:
        unused, number = f"{name}#{number}", number + 1
    return unused


def _marker(kind: str) -> str:
    return f"[redacted:{kind}]"


def _replace(
    pattern: re.Pattern[str], find: Callable[[re.Match[str]], _Finding], text: str
) -> tuple[str, int]:
    """Replace what `find` names; where it names nothing, look again inside the match.

    Only short matches are ever left (`_MAX_PLACEHOLDER`), so looking again costs a constant.
    """
    parts: list[str] = []
    done = at = count = 0
    while match := pattern.search(text, at):
        finding = find(match)
        if finding is None:
            at = _inside(match)
            continue
        start, end, kind = finding
        parts += [text[done:start], _marker(kind)]
        done = end
        at = max(end, match.end())
        count += 1
    parts.append(text[done:])
    return "".join(parts), count


def _inside(match: re.Match[str]) -> int:
    groups = match.re.groupindex
    start = match.start("value") if "value" in groups else match.end()
    return max(start, match.start() + 1)


def _stands_in(value: str) -> bool:
    return len(value) <= _MAX_PLACEHOLDER and shapes.PLACEHOLDER.fullmatch(value) is not None


def _kind_of_value(value: Any, kind: str) -> str:
    match = shapes.TOKEN.fullmatch(value) if isinstance(value, str) else None
    return (match.lastgroup if match else None) or kind


def _find_named(match: re.Match[str]) -> _Finding:
    kind = match.lastgroup or "secret"
    return (*match.span(kind), kind)


def _find_url_password(match: re.Match[str]) -> _Finding:
    return None if _stands_in(match["value"]) else (*match.span("value"), "password")


def _find_authorization(match: re.Match[str]) -> _Finding:
    value = match["value"]
    span = match.start("value"), match.end("rest"), "authorization"
    if match["whole"] or len(value) > _MAX_PLACEHOLDER:
        return span
    if _stands_in(value) or not (match["scheme"] or (len(value) >= 8 and _looks_secret(value))):
        return None
    return span


def _find_scheme(match: re.Match[str]) -> _Finding:
    return (*match.span(match.lastgroup or 0), "authorization")


def _find_flag(match: re.Match[str]) -> _Finding:
    """Tell `--token abc` from a sentence about it, such as `use --token to sign in`."""
    value = match["value"].rstrip(_TRAILING)
    if not value or _stands_in(value):
        return None
    start = match.start("value")
    end = start + len(value)
    meant = _looks_secret(value) or _FLAG_ENDS.match(match.string, end)
    return (start, end, _kind_of_value(value, _kind_of_key(match))) if meant else None


def _find_element(match: re.Match[str]) -> _Finding:
    if _stands_in(match["value"].strip()):
        return None
    return (*match.span("value"), _kind_of_key(match))


def _find_curl_user(match: re.Match[str]) -> _Finding:
    value = match["value"]
    return None if value.isdigit() or _stands_in(value) else (*match.span("value"), "password")


def _find_assignment(match: re.Match[str]) -> _Finding:
    value, start = _assigned(match)
    end = start + len(value)
    if not value or _stands_in(value) or not _is_meant(match, value, end):
        return None
    if _is_environment(match):
        end = _MORE.match(match.string, end).end()  # type: ignore[union-attr]
    return start, end, _kind_of_value(value, _kind_of_key(match))


def _assigned(match: re.Match[str]) -> tuple[str, int]:
    for group in ("quoted", "code"):
        if match[group] is not None:
            return match[group], match.start(group)
    return match["bare"].rstrip(_TRAILING), match.start("bare")


def _is_meant(match: re.Match[str], value: str, end: int) -> bool:
    """Tell a value from prose: `token=see`, `"token": "x"` but not `token: see below`."""
    if len(value) > _MAX_PLACEHOLDER:
        return True
    if match["path"] is not None and _PATH.match(value):
        return False
    if _looks_secret(value):
        return True
    if match["code"] is not None:
        return False
    plain = match["quote"] is None and match["sep"] in ":：" and "\n" not in match["gap"]
    if not plain or match["key_end"].strip("]*"):
        return True
    ends = _VALUE_ENDS.match(match.string, end) is not None
    if match["password"] is not None:
        return ends or _NEXT_KEY.match(match.string, end) is not None
    return ends and _starts_line(match)


def _is_environment(match: re.Match[str]) -> bool:
    """Whether it is a line such as `DB_PASSWORD=a,b;c`, whose value has no delimiter but space."""
    upper = match.string[match.start() : match.end("key_end")].isupper()
    return upper and match["bare"] is not None and match["sep"] == "=" and _starts_line(match)


def _looks_secret(value: str) -> bool:
    is_place = "://" in value or value.startswith("/")
    return len(value) >= 4 and not is_place and _LOOKS_SECRET.search(value) is not None


def _starts_line(match: re.Match[str]) -> bool:
    before = max(0, match.start() - _LINE_BACK)
    line = match.string[before : match.start()]
    # A window that does not reach the text's start must show the line's.
    return _LINE_START.search(line if before == 0 else "." + line) is not None


def _kind_of_key(match: re.Match[str]) -> str:
    return next(
        kind for kind in ("password", "token", "api_key", "secret") if match[kind] is not None
    )


@dataclass(frozen=True)
class _Rule:
    """One pattern, what to do with its matches, and words without which it cannot match."""

    pattern: re.Pattern[str]
    find: Callable[[re.Match[str]], _Finding]
    hints: tuple[str, ...]
    any_case: bool = False

    def may_apply(self, text: str, folded: str) -> bool:
        haystack = folded if self.any_case else text
        for hint in self.hints:  # noqa: SIM110 - `any` would take three times as long
            if hint in haystack:
                return True
        return False


_WORDS = shapes.SECRET_WORD_HINTS
# In this order: what spans most comes first, so that no part of it is left standing.
_RULES = (
    _Rule(shapes.PEM, _find_named, ("-----BEGIN",)),
    _Rule(shapes.URL_PASSWORD, _find_url_password, ("://",)),
    _Rule(shapes.CURL_USER, _find_curl_user, ("curl",)),
    _Rule(shapes.AUTHORIZATION, _find_authorization, ("authorization",), any_case=True),
    _Rule(shapes.ASSIGNMENT, _find_assignment, _WORDS, any_case=True),
    _Rule(shapes.FLAG, _find_flag, ("--",)),
    _Rule(shapes.ELEMENT, _find_element, ("</",)),
    _Rule(shapes.WEBHOOK, _find_named, ("hooks.slack.com/", "/api/webhooks/")),
    _Rule(shapes.TOKEN, _find_named, shapes.TOKEN_HINTS),
    _Rule(shapes.TELEGRAM, _find_named, (":",)),
    _Rule(shapes.SCHEME, _find_scheme, ("bearer", "basic"), any_case=True),
)
