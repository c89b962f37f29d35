"""What a page measures: its width, words upon words, its weight, and what moved while it came.

The geometry is that of the texts as drawn, clipped by the boxes that clip them.
"""

from __future__ import annotations

import gzip
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Page

MOST_BYTES = 150_000
MOST_SHIFT = 0.01
_OVERFLOW = (
    "Math.max(0, document.documentElement.scrollWidth - document.documentElement.clientWidth)"
)
_GEOMETRY = (Path(__file__).parent / "geometry.js").read_text(encoding="utf-8")
_LOADED = """() => [performance.getEntriesByType("navigation")[0].encodedBodySize,
  performance.getEntriesByType("resource").map((one) => [one.name, one.encodedBodySize])]"""


def too_wide(tab: Page) -> list[str]:
    """Say by how much the page is wider than its window."""
    over = tab.evaluate(_OVERFLOW)
    return [f"{over} px too wide"] if over else []


def unreadable(tab: Page) -> list[str]:
    """Name texts that lie upon others, are cut off, or stick out of their box."""
    return tab.evaluate(_GEOMETRY)


def moved(tab: Page) -> list[str]:
    """Name what moved by itself while the page came."""
    shift = tab.evaluate("window.shifts.reduce((sum, one) => sum + one.value, 0)")
    if shift <= MOST_SHIFT:
        return []
    return [f"its layout shifts by {shift:.3f}: {tab.evaluate('window.shifts')}"]


def too_heavy(tab: Page) -> list[str]:
    """Say what a first visit weighs over the wire, where that is too much.

    Files are counted as the server that is deployed sends them: compressed once, beforehand.
    """
    page, others = tab.evaluate(_LOADED)
    weight = page + sum(_size(name, sent) for name, sent in dict(others).items())
    return [f"weighs {weight / 1000:.0f} kB"] if weight > MOST_BYTES else []


def _size(url: str, sent: int) -> int:
    path = urlsplit(url).path
    return _compressed(path) if path.startswith("/static/") else sent


@cache
def _compressed(path: str) -> int:
    from django.contrib.staticfiles import finders

    found: Any = finders.find(path.removeprefix("/static/"))
    return len(gzip.compress(Path(found).read_bytes(), 9))
