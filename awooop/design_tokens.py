"""The design language's tokens, as static/css/tokens.css has them, and what is asked of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from django.conf import settings

THEMES = ("light", "dark")
SURFACES = ("bg", "surface", "sunken", "hover", "raised")
TONES = ("ok", "warn", "bad", "accent")
SOLIDS = ("accent-solid", "accent-solid-hover", "bad-solid", "bad-solid-hover")
# WCAG 2.2: text (1.4.3), and what is needed to see a control or a shape (1.4.11).
TEXT, SHAPE = 4.5, 3.0
_COLOUR = re.compile(r"--c-([\w-]+): (?:light-dark\((#\w{6}), (#\w{6})\)|(#\w{6}))")
_SIZE = re.compile(r"--([ts]-\w+): ([\d.]+)rem")
_REM = 16


@dataclass(frozen=True)
class Pair:
    """Something seen on something else, and the contrast that it must have in both themes."""

    what: str
    on: str
    least: float

    def contrasts(self) -> list[float]:
        """Answer the contrast in each theme, the light one first."""
        seen, behind = colours()[self.what], colours()[self.on]
        return [contrast(one, other) for one, other in zip(seen, behind, strict=True)]

    @property
    def holds(self) -> bool:
        """Whether it is enough in both."""
        return min(self.contrasts()) >= self.least


@cache
def colours() -> dict[str, tuple[str, str]]:
    """Answer each colour by its name, in the light and in the dark theme."""
    found = {}
    for name, light, dark, both in _COLOUR.findall(_stylesheet()):
        found[name] = (light or both, dark or both)
    return found


@cache
def sizes() -> dict[str, float]:
    """Answer the sizes of type (`t-…`) and of space (`s-…`) in pixels, at the browser's default."""
    return {name: float(rem) * _REM for name, rem in _SIZE.findall(_stylesheet())}


def pairs() -> Iterator[Pair]:
    """Answer every pair that the pages make: text on surfaces, on soft tones and on solid buttons;
    borders of controls and shapes of charts on surfaces."""
    for surface in SURFACES:
        for text in ("text", "muted", "idle", *TONES):
            yield Pair(text, surface, TEXT)
    for tone in TONES:
        for text in dict.fromkeys((tone, "text", "muted", "accent")):
            yield Pair(text, f"{tone}-soft", TEXT)
    for text in ("text", "muted", "idle"):
        yield Pair(text, "idle-soft", TEXT)
    for solid in SOLIDS:
        yield Pair("on-solid", solid, TEXT)
    for surface in SURFACES:
        for shape in ("line-strong", "accent", "ok", "warn", "bad", "accent-solid", "bad-solid"):
            if surface in ("bg", "surface", "sunken"):
                yield Pair(shape, surface, SHAPE)


def contrast(one: str, other: str) -> float:
    """Answer the contrast of two colours as WCAG reckons it: from 1 to 21."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    channels = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    red, green, blue = (
        one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@cache
def _stylesheet() -> str:
    return (settings.BASE_DIR / "static" / "css" / "tokens.css").read_text(encoding="utf-8")
