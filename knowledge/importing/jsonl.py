"""Read JSON Lines, line by line and bounded."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from awooop import json_body
from awooop.errors import Invalid
from knowledge.importing.rows import Refused, Row, checked

LINE_AT_MOST = 1024 * 1024
LINES_AT_MOST = 100_000


def read(path: Path) -> Iterator[Row | Refused]:
    """Answer each line's row, or why it has none; empty lines are passed over."""
    with path.open("rb") as file:
        number = 0
        while line := file.readline(LINE_AT_MOST + 1):
            number += 1
            where = f"line {number}"
            if number > LINES_AT_MOST:
                yield Refused(where, f"a file may have at most {LINES_AT_MOST} lines")
                return
            if len(line) > LINE_AT_MOST:
                _skip_rest(file, line)
                yield Refused(where, f"is longer than {LINE_AT_MOST} bytes")
            elif line.strip():
                yield _line(where, line)


def _skip_rest(file, line: bytes) -> None:
    while line and not line.endswith(b"\n"):
        line = file.readline(LINE_AT_MOST)


def _line(where: str, line: bytes) -> Row | Refused:
    try:
        return checked(where, json_body.loads(line))
    except Invalid as invalid:
        return Refused(where, invalid.detail.removeprefix("body: "))
