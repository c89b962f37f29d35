"""Read JSON from outside: bounded, strict, and free of what PostgreSQL cannot keep."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from awooop.errors import Invalid

_SUSPECT = re.compile(rb"\\u0000|\x00|\\u[dD][89a-fA-F]")
MAX_DEPTH = 64


def has_nul(text: str) -> bool:
    """Whether a text holds a NUL character, which PostgreSQL cannot store."""
    return "\0" in text


def loads(body: bytes) -> Any:
    """Parse a JSON body; raises Invalid naming the field that cannot be kept (or `body`)."""
    try:
        # Decoded strictly: given bytes, the parser would let lone surrogates and UTF-16 through.
        text = body.decode("utf-8-sig")
        value = json.loads(
            text, parse_constant=_no_constant, parse_float=_finite, parse_int=_countable
        )
    except RecursionError:
        raise Invalid({"body": f"may be nested at most {MAX_DEPTH} deep"}) from None
    except (ValueError, UnicodeDecodeError) as error:
        raise Invalid({"body": f"must be JSON ({str(error)[:120]})"}) from None
    if _depth_over(body):
        _check_depth(value)
    if _SUSPECT.search(body):
        for path, text in _texts(value, ""):
            _check_text(path, text)
    return value


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def _finite(text: str) -> float:
    number = float(text)
    if number in (float("inf"), float("-inf")):
        raise ValueError(f"{text[:20]} is out of range")
    return number


def _countable(text: str) -> int:
    """What is greater could be kept, and not be written out again as JSON."""
    number = int(text)
    if not -(2**63) <= number < 2**64:
        raise ValueError(f"{text[:20]} is out of range")
    return number


def _depth_over(body: bytes) -> bool:
    return body.count(b"[") + body.count(b"{") > MAX_DEPTH


def _check_depth(value: Any) -> None:
    if is_deeper(value, MAX_DEPTH):
        raise Invalid({"body": f"may be nested at most {MAX_DEPTH} deep"})


def is_deeper(value: Any, levels: int) -> bool:
    """Whether lists and objects are nested deeper than so many levels; never recurses itself."""
    level = [value]
    for _ in range(levels):
        level = [child for item in level for child in _children(item)]
        if not level:
            return False
    return True


def _children(item: Any) -> list[Any]:
    values = item.values() if isinstance(item, dict) else item if isinstance(item, list) else ()
    return [value for value in values if isinstance(value, (dict, list))]


def _texts(value: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield path or "body", value
    elif isinstance(value, dict):
        for key, child in value.items():
            yield f"{path}.{key}".strip("."), key
            yield from _texts(child, f"{path}.{key}".strip("."))
    elif isinstance(value, list):
        for index, child in enumerate(value):
            yield from _texts(child, f"{path}.{index}".strip("."))


def _check_text(path: str, text: str) -> None:
    name = path.encode("utf-8", "replace").decode().replace("\0", "")
    if has_nul(text):
        raise Invalid({name: "must not contain NUL characters"})
    try:
        text.encode()
    except UnicodeEncodeError:
        raise Invalid({name: "must be valid Unicode (a lone surrogate)"}) from None
