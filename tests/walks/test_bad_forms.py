"""A wrong form is refused with a word, on every page that takes one; never a 500, never a row."""

from __future__ import annotations

import pytest

from tests.walks import addresses, tables
from tests.walks.asking import Asker, by_login, changed, fingerprint, undone

pytestmark = pytest.mark.django_db
ACTING = [
    name
    for name in tables.walked(tables.PAGES, addresses.pages())
    if tables.PAGES[name].act not in (None, tables.OPEN)
]
# What forms call what a person types, besides what the tables say that they take.
TYPED = ("reason", "note", "owner", "version")


@pytest.fixture
def asker(mine) -> Asker:
    """An administrator of my project."""
    return by_login(mine.people["project_admin"])


def _forms(name: str, world) -> list[tuple[str, dict[str, str]]]:
    """Answer forms with one field each that cannot be kept, and the field."""
    form = tables.PAGES[name].form_in(world)
    fields = dict.fromkeys((*form, *TYPED))
    return [(one, {**form, one: bad}) for one in fields for bad in ("a\0b", "x" * 200_000)]


@pytest.mark.parametrize("name", ACTING)
def test_what_cannot_be_kept_is_refused(asker, mine, name):
    url, query = tables.page_url(name, mine), tables.PAGES[name].query(mine)
    before, wrong = fingerprint(mine.project_id), []
    for field, form in _forms(name, mine):
        with undone():
            answer = asker.submit(url, form, query)
            touched = changed(before, fingerprint(mine.project_id))
        is_told = 400 <= answer.status_code < 500 and not touched
        # A field that the form does not have is passed over.
        if not (is_told or (answer.status_code < 400 and field in TYPED)):
            wrong.append((field, form[field][:5], answer.status_code, touched))
    assert wrong == []


@pytest.mark.parametrize("name", [name for name in ACTING if tables.PAGES[name].form])
def test_an_empty_form_is_refused(asker, mine, name):
    before = fingerprint(mine.project_id)
    answer = asker.submit(tables.page_url(name, mine), {}, tables.PAGES[name].query(mine))
    # Where all that is asked for is asked on a page of its own, that page is what one gets.
    assert answer.status_code in (200, 409, 422)
    assert changed(before, fingerprint(mine.project_id)) == []
