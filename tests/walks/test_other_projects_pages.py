"""A person sees and touches nothing of another project on any page."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.urls import reverse

from tests.walks import addresses, tables
from tests.walks.asking import Asker, by_login, changed, comparable, fingerprint, leaks, undone
from tests.walks.world import World, twin

pytestmark = pytest.mark.django_db
PAGES = addresses.pages()
KNOWN = tables.walked(tables.PAGES, PAGES)
READERS = [name for name in KNOWN if tables.PAGES[name].look == "read"]
LISTS = [name for name in READERS if not PAGES[name] and not tables.PAGES[name].act]
BOUND = [name for name in KNOWN if PAGES[name]]
FILTERED = [name for name in READERS if tables.PAGES[name].filters]


@pytest.fixture(scope="module", params=["operator", "project_admin"])
def asker(request, mine) -> Asker:
    """A person with a role in my project and none in theirs."""
    return by_login(mine.people[request.param])


@pytest.mark.parametrize("name", LISTS)
def test_a_page_shows_nothing_of_it(asker, mine, theirs, name):
    url = reverse(name)
    answer = asker.page(url)
    assert answer.status_code == 200
    assert leaks(theirs, answer.text_read) == []
    assert leaks(mine, answer.text_read), "the page is empty: nothing could have been seen"
    assert leaks(theirs, by_login(theirs.people["operator"]).page(url).text_read)


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("name", BOUND)
def test_an_id_of_it_is_as_unknown_as_any(asker, mine, theirs, name, method):
    page = tables.PAGES[name]
    if (page.act if method == "POST" else page.look) is None:
        return
    before, answers = fingerprint(theirs.project_id), []
    for is_known in (True, False):
        ids = {key: theirs.ident(key) for key in PAGES[name]}
        ids = ids if is_known else {key: twin(value) for key, value in ids.items()}
        url, query = reverse(name, kwargs=ids), page.query(theirs)
        with undone():
            answer = (
                asker.page(url)
                if method == "GET"
                else asker.submit(url, page.form_in(theirs), query)
            )
            assert changed(before, fingerprint(theirs.project_id)) == []
        # A page that only leads elsewhere need not know whether there is such a thing.
        assert answer.status_code in ((302, 404) if method == "GET" else (404,))
        shown = comparable(answer.text_read + answer.get("Location", ""), ids.values())
        assert leaks(theirs, shown) == []
        answers.append(shown)
    assert answers[0] == answers[1]


@pytest.mark.parametrize("name", FILTERED)
def test_a_filter_by_its_ids_finds_what_an_unknown_id_finds(asker, mine, theirs, name):
    url, wrong = tables.page_url(name, mine), []
    for key in tables.PAGES[name].filters:
        for value in _values(key, theirs):
            answers = [asker.page(url, {key: v}) for v in (value, twin(value))]
            texts = [
                comparable(answer.text_read, [asked])
                for answer, asked in zip(answers, (value, twin(value)), strict=True)
            ]
            same = answers[0].status_code == answers[1].status_code and texts[0] == texts[1]
            if not same or leaks(theirs, answers[0].text_read, [value]):
                wrong.append((key, value, [answer.status_code for answer in answers]))
    assert wrong == []


def _values(key: str, world: World) -> list[Any]:
    named = world.ident(key)
    if named is not None:
        return [named]
    everything = [world.mark, world.ident("run_id"), world.ident("incident_id")]
    return everything if key in tables.FREE else []


@pytest.mark.parametrize(
    "name", [name for name in FILTERED if "per_page" in tables.PAGES[name].filters]
)
def test_a_cursor_made_for_it_shows_nothing_of_it(asker, theirs, name):
    url = tables.page_url(name, theirs)
    page = by_login(theirs.people["operator"]).page(url, {"per_page": 1})
    cursors = re.findall(r"cursor=([\w:.%-]+)", page.text_read)
    assert cursors, "their list has one page only"
    answer = asker.page(f"{url}?cursor={cursors[0]}")
    assert answer.status_code in (200, 422)
    assert leaks(theirs, answer.text_read, cursors[:1]) == []


def test_the_file_to_be_saved_holds_nothing_of_it(asker, mine, theirs):
    answer = asker.page(reverse("runs-list"), {"format": "csv"})
    assert leaks(theirs, answer.text_read) == []
    assert str(mine.ident("run_id")) in answer.text_read
