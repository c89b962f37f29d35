"""axe-core on one page: what it finds, as lines that say where and why.

The rules are those of WCAG 2.2 AA and axe's own best practices, all of them in each theme. The
checker is read into a page once, and the theme changed without loading the page again.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

from scripts.screenshots import walk

TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
# Empty heads in the tables within a form of the administration are Django's.
_NOT_OURS = {"exclude": [["fieldset.module > table > thead"]]}
# Without `preload`: it would copy the style sheets into the page.
_OPTIONS = {
    "runOnly": {"type": "tag", "values": TAGS},
    "resultTypes": ["violations"],
    "preload": False,
}
# What is not wrong is not handed over: that took longer than finding it.
_RUN = """([context, options]) =>
  axe.run(context, options).then((found) => found.violations)"""
_WIDTH = 1440


def look(tab: Page, themes: Sequence[str] = walk.THEMES) -> list[str]:
    """Answer what is wrong on the page in each of the themes, at the width that it has."""
    tab.evaluate(AXE_SCRIPT)
    return [line for theme in themes for line in _asked(tab, theme)]


def _asked(tab: Page, theme: str) -> list[str]:
    walk.show(tab, (tab.viewport_size or {}).get("width", _WIDTH), theme)
    found = tab.evaluate(_RUN, [_NOT_OURS, _OPTIONS])
    return [line for violation in found for line in _lines(violation, theme)]


def _lines(violation: dict[str, Any], theme: str) -> list[str]:
    # What an opened menu covers is small for as long as it is open.
    nodes = [node for node in violation["nodes"] if "partially obscured" not in _why(node)]
    head = f"{violation['impact']} {violation['id']} ({theme}, {len(nodes)} times)"
    return [f"{head}: {_why(node)}" for node in nodes[:3]]


def _why(node: dict[str, Any]) -> str:
    checks = [*node["any"], *node["all"], *node["none"]]
    where = " ".join(str(part) for part in node["target"])
    return f"{where}: {'; '.join(check['message'] for check in checks)[:200]}"
