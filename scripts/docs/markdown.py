"""Small pieces of Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Answer a table; what a cell holds cannot end it."""
    lines = [_row(head), _row(["---"] * len(head)), *(_row(map(cell, row)) for row in rows)]
    return "\n".join(lines) + "\n"


def cell(text: str) -> str:
    """Answer a text as one cell of a table."""
    return " ".join(text.split()).replace("|", r"\|")


def code(text: object) -> str:
    """Answer inline code; nothing for nothing."""
    return f"`{text}`" if text not in (None, "") else ""


def slug(heading: str) -> str:
    """Answer a heading's anchor as GitHub makes it."""
    kept = re.sub(r"[^\w\- ]", "", heading.lower())
    return kept.replace(" ", "-")


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"
