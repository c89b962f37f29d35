"""Templates keep the policy (no inline style or script); errors need no database, no session."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.template.loader import get_template
from django.test import RequestFactory

from awooop import design_samples, design_tokens, ui_icons, ui_status

ROOT = Path(__file__).parents[2]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
INLINE = re.compile(
    r"\sstyle=|<style|<script(?![^>]*\ssrc=)|\son\w+=|javascript:|hx-on|//cdn", re.I
)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_inline_style_or_script(path):
    assert not INLINE.search(path.read_text())


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_template_compiles(path):
    get_template(str(path.relative_to(ROOT / "templates")))


@pytest.mark.parametrize("name", ["400", "403", "403_csrf", "404", "500", "503"])
def test_an_error_page_needs_no_context(name):
    html = get_template(f"{name}.html").render({})
    assert "<h1>" in html
    assert 'href="/"' in html


def test_a_refusal_names_its_fields():
    problem = {"status": 422, "title": "x", "errors": [{"field": "page", "message": "too large"}]}
    html = get_template("errors/refused.html").render({"problem": problem})
    assert "<code>page</code>" in html
    assert "too large" in html


def test_the_live_page_shows_every_component_without_the_database():
    request = RequestFactory().get("/awooop/design")
    html = get_template("design.html").template.render(_context(request))
    for piece in (
        'class="timeline"',
        'class="chain"',
        "decision-critical",
        'class="pager"',
        "no-data",
        'class="charts"',
        'class="skeleton"',
        'class="swatches"',
        "--t-2xl",
        "--s-7",
    ):
        assert piece in html
    assert not INLINE.search(html)


def test_the_live_page_says_every_contrast_and_that_it_is_enough():
    html = get_template("design.html").template.render(
        _context(RequestFactory().get("/awooop/design"))
    )
    contrasts = html.split('id="contrasts"')[1].split("</details>")[0]
    assert contrasts.count("<tr>") == 1 + len(list(design_tokens.pairs()))
    assert "Yes" in contrasts
    assert ">No<" not in contrasts


def _context(request):
    from django.template import Context

    return Context({"request": request, **design_samples.context()})


def test_every_look_has_an_icon_that_exists():
    tables = (ui_status.STATUSES, ui_status.RISKS, ui_status.SEVERITIES)
    names = {look.icon for table in tables for look in table.values()}
    names |= set(ui_status.KIND_ICONS.values()) | set(ui_icons.PAGE_ICONS.values())
    assert names <= set(ui_icons.ICONS)


def test_every_icon_that_a_template_names_exists():
    text = "".join(path.read_text() for path in TEMPLATES)
    assert set(re.findall(r'{% icon "([\w-]+)"', text)) <= set(ui_icons.ICONS)


def test_ids_of_the_live_page_are_unique():
    request = RequestFactory().get("/awooop/design")
    html = get_template("design.html").template.render(_context(request))
    ids = re.findall(r'\sid="([^"]+)"', html)
    assert len(ids) == len(set(ids))


_TEMPLATE_TAG = re.compile(r"{%.*?%}|{{.*?}}|{#.*?#}", re.S)
_A_VALUE, _A_TAG = "\x01", "\x02"


def _classes_in_css() -> set[str]:
    text = "".join(path.read_text() for path in (ROOT / "static" / "css").glob("*.css"))
    return set(re.findall(r"\.(-?[_a-zA-Z][\w-]*)", re.sub(r"/\*.*?\*/", "", text, flags=re.S)))


def _classes_of(path: Path) -> set[str]:
    """Answer the words of each class attribute; a value that is filled in stands for itself."""
    plain = _TEMPLATE_TAG.sub(
        lambda tag: _A_VALUE if tag[0].startswith("{{") else _A_TAG, path.read_text()
    )
    found = re.findall(r'\sclass="([^"]*)"', plain)
    return {word for words in found for word in words.replace(_A_TAG, " ").split()}


def _is_known(word: str, known: set[str]) -> bool:
    if _A_VALUE not in word:
        return word in known
    begins = word.split(_A_VALUE)[0]
    return not begins or any(name.startswith(begins) for name in known)


# Django's administration brings classes of its own.
@pytest.mark.parametrize(
    "path",
    [path for path in TEMPLATES if "admin" not in path.parts],
    ids=lambda path: str(path.relative_to(ROOT)),
)
def test_every_class_is_of_the_design_language(path):
    known = _classes_in_css()
    assert {word for word in _classes_of(path) if not _is_known(word, known)} == set()


def test_a_class_of_its_own_is_noticed(tmp_path):
    page = tmp_path / "page.html"
    page.write_text(
        '<p class="muted my-own tile-{{ tone }} nope-{{ x }}{% if y %} small{% endif %}">'
    )
    known = _classes_in_css()
    wrong = {word for word in _classes_of(page) if not _is_known(word, known)}
    assert wrong == {"my-own", f"nope-{_A_VALUE}"}


def test_only_the_heads_load_stylesheets():
    """Django's administration has heads of its own."""
    found = {
        str(path.relative_to(ROOT / "templates"))
        for path in TEMPLATES
        if 'rel="stylesheet"' in path.read_text() and "admin" not in path.parts
    }
    assert found == {"components/head.html"}
