"""A hand that has keys only: it notes each place where the focus cannot be seen."""

from __future__ import annotations

from playwright.sync_api import Locator, Page

_FURTHEST = 120
# What has the focus, whether its outline is drawn, and whether it is in sight and on top.
_FOCUS = """() => {
  const here = document.activeElement, style = getComputedStyle(here);
  const box = here.getBoundingClientRect();
  const inside = (value, most) => Math.min(most - 1, Math.max(1, value));
  const top = document.elementFromPoint(inside(box.left + Math.min(8, box.width / 2), innerWidth),
    inside(box.top + box.height / 2, innerHeight));
  const label = here.labels && here.labels[0];
  return {
    name: [here.tagName, here.id, (here.textContent || "").trim().slice(0, 30)].join(" "),
    lost: here === document.body,
    drawn: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
    seen: box.width > 0 && top !== null
      && (here.contains(top) || top.contains(here) || Boolean(label && label.contains(top))),
  };
}"""


class Hand:
    """Presses keys on a page; `lost` says where the focus was lost or not to be seen."""

    def __init__(self, tab: Page) -> None:
        self.tab = tab
        self.lost: list[str] = []

    def press(self, key: str) -> None:
        """Press one key."""
        self.tab.keyboard.press(key)

    def type(self, text: str) -> None:
        """Write into what has the focus."""
        self.tab.keyboard.type(text)

    def tab_to(self, wanted: Locator) -> None:
        """Press Tab until `wanted` has the focus, and look at each place on the way."""
        for _ in range(_FURTHEST):
            self.press("Tab")
            self._look()
            if wanted.evaluate("(one) => one === document.activeElement"):
                return
        raise AssertionError(f"{wanted} cannot be reached by Tab")

    def must_be_somewhere(self) -> None:
        """Note where a swap threw the focus away."""
        focus = self.tab.evaluate(_FOCUS)
        if focus["lost"]:
            self.lost.append(f"the focus is lost on {self.tab.url}")

    def _look(self) -> None:
        focus = self.tab.evaluate(_FOCUS)
        # Past the last element the browser's own frame is next: the body, once.
        if not focus["lost"] and not (focus["drawn"] and focus["seen"]):
            self.lost.append(f"no eye finds the focus on {focus}, {self.tab.url}")
