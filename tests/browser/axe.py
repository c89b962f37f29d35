"""axe-core on one page: what it finds, as lines that say where and why.

The rules are those of WCAG 2.2 AA and axe's own best practices; what depends on colours alone is
asked in both themes, the rest once for each language.
"""

from __future__ import annotations

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from scripts.screenshots import walk

TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
OF_COLOURS = ("color-contrast", "link-in-text-block")
# Empty heads in the tables within a form of the administration are Django's.
_NOT_OURS = {"exclude": [["fieldset.module > table > thead"]]}
_WIDTH = 1440


def look(tab: Page, first: str) -> list[str]:
    """Answer what is wrong on the page, in the theme `first` by every rule, then in the other."""
    other = next(theme for theme in walk.THEMES if theme != first)
    every = {"type": "tag", "values": TAGS}
    return [
        *_asked(tab, first, every),
        *_asked(tab, other, {"type": "rule", "values": OF_COLOURS}),
    ]


def _asked(tab: Page, theme: str, rules: dict[str, Any]) -> list[str]:
    walk.show(tab, (tab.viewport_size or {}).get("width", _WIDTH), theme)
    # Without `preload`: it would copy the style sheets into the page.
    options = {"runOnly": rules, "resultTypes": ["violations"], "preload": False}
    found = Axe().run(tab, context=_NOT_OURS, options=options).response["violations"]
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
