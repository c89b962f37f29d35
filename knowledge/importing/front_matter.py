"""The head of a Markdown file between two lines of `---`: names and plain values, or lists."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

_HEAD = re.compile(r"\A---[ \t]*\n(.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_PAIR = re.compile(r"^([A-Za-z][\w-]*)[ \t]*:[ \t]*(.*)$")
_ITEM = re.compile(r"^[ \t]*-[ \t]+(.*)$")
_FIRST_HEADING = re.compile(r"^ {0,3}#[ \t]+(.+?)[ \t]*#*[ \t]*$", re.MULTILINE)


def split(text: str) -> tuple[dict[str, Any], str]:
    """Answer the head and the body. Nested values are left out: nothing here asks for them."""
    match = _HEAD.match(text)
    if not match:
        return {}, text
    head: dict[str, Any] = {}
    name = ""
    for line in match[1].splitlines():
        if pair := _PAIR.match(line):
            name = pair[1]
            head[name] = _value(pair[2].strip())
        elif (item := _ITEM.match(line)) and name:
            before = head[name] if isinstance(head[name], list) else []
            head[name] = [*before, _plain(item[1])]
    return head, text[match.end() :].removeprefix("\n")


def join(head: Mapping[str, Any], body: str) -> str:
    """Answer a file's text; values are written as JSON, which every reader of YAML understands."""
    lines = [f"{name}: {json.dumps(value, ensure_ascii=False)}" for name, value in head.items()]
    return "\n".join(["---", *lines, "---", "", body]) if lines else body


def first_heading(body: str) -> str:
    """Answer the first heading's words, or nothing."""
    match = _FIRST_HEADING.search(body)
    return match[1].strip() if match else ""


def _value(text: str) -> Any:
    if text.startswith("[") and text.endswith("]"):
        try:
            return json.loads(text)
        except ValueError:
            return [_plain(part) for part in text[1:-1].split(",") if part.strip()]
    return _plain(text)


def _plain(text: str) -> str:
    text = text.strip()
    if len(text) >= 2 and text[0] == text[-1] == '"':
        try:
            return str(json.loads(text))
        except ValueError:
            return text[1:-1]
    if len(text) >= 2 and text[0] == text[-1] == "'":
        return text[1:-1].replace("''", "'")
    return text
