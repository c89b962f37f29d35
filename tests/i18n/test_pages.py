"""Every page speaks Chinese to who reads Chinese: no English word of ours is left on it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser

import pytest

from scripts import messages
from tests.walks import addresses, tables
from tests.walks.asking import Asker, admin_url, by_login

pytestmark = pytest.mark.django_db
# Words that no name, id or number of the data holds, and hardly an English sentence is without.
ENGLISH = re.compile(
    r"\b(the|and|is|are|was|were|not|no|of|by|with|has|have|this|that|nothing)\b", re.I
)
SAID = ("aria-label", "title", "placeholder", "alt", "data-label")
UNREAD = ("script", "style", "code", "pre", "svg", "textarea", "option")
# The design language's own page shows components to developers; it is not part of the console.
LEFT_OUT = {"design"}
DJANGOS = {"Search"}  # the alternative text of an icon, which its admin does not translate


class Reader(HTMLParser):
    """Collects what a person reads of a page, or hears."""

    def __init__(self) -> None:
        super().__init__()
        self.read: list[str] = []
        self.language = ""
        self._within: list[str] = []

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag == "html":
            self.language = given.get("lang", "")
        self.read += [given[name] for name in SAID if given.get(name)]
        if tag in UNREAD or (self._within and tag == self._within[-1]):
            self._within.append(tag)

    def handle_endtag(self, tag):
        if self._within and self._within[-1] == tag:
            self._within.pop()

    def handle_data(self, data):
        if data.strip() and not self._within:
            self.read.append(" ".join(data.split()))


@pytest.fixture(scope="module")
def ours() -> set[str]:
    """What the catalogue has a Chinese word for."""
    entries = messages.read(messages.CATALOGUE.with_suffix(".mo")).values()
    return {each.source for each in entries if each.text != each.source}


@pytest.fixture(scope="module")
def reader(root) -> Asker:
    """A superuser who reads Chinese."""
    root.language = "zh-hant"
    root.save(update_fields=["language"])
    return by_login(root)


def left_over(html: str, ours: set[str]) -> Iterator[str]:
    page = Reader()
    page.feed(html)
    assert page.language == "zh-hant"
    for text in page.read:
        is_key = re.fullmatch("[a-z_]+", text)  # of a record, shown as it is
        if (text in ours and not is_key and text not in DJANGOS) or ENGLISH.search(text):
            yield text


def told(found: dict[str, list[str]]) -> str:
    """Answer what is left, a line for each page that has something."""
    return "\n".join(f"{page}: {words}" for page, words in found.items() if words)


def test_an_english_word_is_noticed(ours):
    html = '<html lang="zh-hant"><p>Approvals</p><p>核准</p><i title="Nothing is open">1</i></html>'
    assert list(left_over(html, ours)) == ["Approvals", "Nothing is open"]


def test_every_page_is_chinese(mine, reader, ours):
    found = {}
    for name in tables.walked(tables.PAGES, addresses.pages()):
        page = tables.PAGES[name]
        if page.is_pulse or page.look is None or name in LEFT_OUT:
            continue
        for query in [{}, *({"tab": tab} for tab in page.tabs)]:
            answer = reader.page(tables.page_url(name, mine), query)
            if answer.status_code == 200 and "<html" in answer.text_read:
                found[f"{name} {query}"] = sorted(set(left_over(answer.text_read, ours)))
    assert len(found) > 30
    assert not told(found), told(found)


def test_every_list_of_the_administration_is_chinese(mine, reader, ours):
    found = {}
    for label in addresses.admins():
        answer = reader.page(admin_url(label, "changelist"))
        if answer.status_code == 200:
            found[label] = sorted(set(left_over(answer.text_read, ours)))
    assert not told(found), told(found)
