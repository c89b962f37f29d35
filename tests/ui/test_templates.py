"""Templates keep the policy (no inline style or script); errors need no database, no session."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.template.loader import get_template
from django.test import RequestFactory

from awooop import design_samples, ui_icons, ui_status

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
    ):
        assert piece in html
    assert not INLINE.search(html)


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
