"""The tokens keep their contrast in both themes, on every surface that they stand on."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from awooop import design_tokens
from awooop.design_tokens import Pair

CSS = Path(__file__).parents[2] / "static" / "css"
PAIRS = list(design_tokens.pairs())


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: f"{pair.what} on {pair.on}")
@pytest.mark.parametrize("theme", [0, 1], ids=design_tokens.THEMES)
def test_it_has_enough_contrast(pair, theme):
    assert pair.contrasts()[theme] >= pair.least


@pytest.mark.parametrize(
    ("one", "other", "known"),
    [("#000000", "#ffffff", 21), ("#777777", "#ffffff", 4.48), ("#123456", "#123456", 1)],
)
def test_contrast_is_reckoned_as_wcag_does(one, other, known):
    assert design_tokens.contrast(one, other) == pytest.approx(known, abs=0.01)
    assert design_tokens.contrast(other, one) == pytest.approx(known, abs=0.01)


def test_a_pair_that_is_too_weak_is_noticed():
    assert not Pair("line", "surface", design_tokens.SHAPE).holds


def test_every_colour_is_in_a_pair_or_decoration():
    """A new token has to say what it is seen on."""
    seen = {name for pair in PAIRS for name in (pair.what, pair.on)}
    # A line between two parts says nothing that the parts do not.
    assert set(design_tokens.colours()) - seen == {"line"}


def test_text_tones_are_held_to_text_on_every_surface():
    asked = {(pair.what, pair.on) for pair in PAIRS if pair.least == design_tokens.TEXT}
    for surface in design_tokens.SURFACES:
        for text in ("text", "muted", *design_tokens.TONES):
            assert (text, surface) in asked


def test_type_and_space_are_scales():
    sizes = design_tokens.sizes()
    for kind, count in (("t", 6), ("s", 7)):
        scale = [size for name, size in sizes.items() if name.startswith(f"{kind}-")]
        assert len(scale) == count
        assert scale == sorted(scale)
    assert min(size for name, size in sizes.items() if name.startswith("t-")) >= 12


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


def test_sizes_of_type_stand_in_the_tokens_only():
    """But for what is drawn (a chart's own text), and fields on a phone, which would zoom in."""
    wrong = []
    for path in CSS.glob("*.css"):
        if path.name in {"tokens.css", "admin.css"}:
            continue
        text = re.sub(r"@media print \{.*", "", path.read_text(), flags=re.S)
        for size in re.findall(r"font-size: ([^;]+);", text):
            if not re.fullmatch(r"var\(--t-\w+\)|100%|inherit|[\d.]+em|1rem|11px", size):
                wrong.append((path.name, size))
    assert wrong == []
