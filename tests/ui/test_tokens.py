"""The tokens keep their contrast in both themes, on every surface that text stands on."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

CSS = Path(__file__).parents[2] / "static" / "css"
SURFACES = ("bg", "surface", "sunken", "hover", "raised")
TONES = ("ok", "warn", "bad", "accent")


def _tokens() -> dict[str, tuple[str, str]]:
    text = (CSS / "tokens.css").read_text()
    pairs = re.findall(r"--c-([\w-]+): light-dark\((#\w{6}), (#\w{6})\)", text)
    return {name: (light, dark) for name, light, dark in pairs}


def _luminance(colour: str) -> float:
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: str, other: str) -> float:
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _cases() -> list[tuple[str, str]]:
    plain = ("text", "muted", "accent", *TONES)
    on_surfaces = [(text, surface) for text in plain for surface in SURFACES]
    on_soft = [(text, f"{tone}-soft") for tone in TONES for text in (tone, "text", "muted")]
    return [*on_surfaces, *on_soft, ("text", "idle-soft"), ("muted", "idle-soft")]


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("text", "surface"), _cases())
def test_text_has_enough_contrast(text, surface, theme):
    tokens = _tokens()
    assert _contrast(tokens[text][theme], tokens[surface][theme]) >= 4.5


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(
    "solid", ["accent-solid", "accent-solid-hover", "bad-solid", "bad-solid-hover"]
)
def test_white_on_a_solid_button_has_enough_contrast(solid, theme):
    assert _contrast("#ffffff", _tokens()[solid][theme]) >= 4.5


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("surface", ["bg", "surface", "sunken"])
def test_borders_of_controls_can_be_seen(surface, theme):
    tokens = _tokens()
    assert _contrast(tokens["line-strong"][theme], tokens[surface][theme]) >= 3


def test_every_token_that_is_used_is_defined():
    defined = set(re.findall(r"(--[\w-]+):", "".join(p.read_text() for p in CSS.glob("*.css"))))
    used = set(re.findall(r"var\((--[\w-]+)", "".join(p.read_text() for p in CSS.glob("*.css"))))
    assert used <= defined


def test_colours_stand_in_the_tokens_only():
    for path in CSS.glob("*.css"):
        if path.name in {"tokens.css", "admin.css"}:
            continue
        text = re.sub(r"@media print \{.*", "", path.read_text(), flags=re.S)
        assert not re.search(r"#[0-9a-f]{6}\b", text), path.name
