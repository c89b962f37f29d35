"""The catalogue is whole: nothing missing, stale or fuzzy, and compiled as it stands."""

from __future__ import annotations

import pytest

from scripts import messages
from scripts.messages import Entry

GETTEXT = pytest.mark.needs_program("xgettext", "msgen", "msgfmt", "msgattrib")


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    """Every string that the code marks, extracted once."""
    return messages.extract(tmp_path_factory.mktemp("messages"))


@GETTEXT
def test_the_catalogue_is_complete(template):
    found = sorted(messages.compare(template))
    assert not found, "run `make messages` and translate:\n" + "\n".join(found)


@GETTEXT
def test_what_is_wrong_with_a_catalogue_is_named(template, tmp_path, monkeypatch):
    text = messages.CATALOGUE.read_text("utf-8")
    text = text.replace('msgid "Sign in"\nmsgstr "登入"', '#, fuzzy\nmsgid "Sign in"\nmsgstr "登"')
    text = text.replace('msgstr "登出"', 'msgstr ""')
    text += '\nmsgid "No code says this"\nmsgstr "沒有"\n'
    broken = tmp_path / "django.po"
    broken.write_text(text, "utf-8")
    broken.with_suffix(".mo").write_bytes(messages.CATALOGUE.with_suffix(".mo").read_bytes())
    monkeypatch.setattr(messages, "CATALOGUE", broken)
    found = set(messages.compare(template))
    assert 'fuzzy: "Sign in"' in found
    assert {"missing: 'Sign in'", "missing: 'Sign out'", "stale: 'No code says this'"} <= found
    assert "django.mo is not what django.po compiles to" in found


@pytest.mark.parametrize(
    "text", ["%(who)s 核准", "%(when)s 由 %(whom)s", "{} 由 %(who)s 於 %(when)s 核准"]
)
def test_other_placeholders_are_named(text):
    entry = Entry("key", "Approved by %(who)s, %(when)s", text)
    assert list(messages.other_placeholders([entry]))


def test_the_same_placeholders_in_another_order_are_fine():
    entry = Entry("key", "Approved by %(who)s, %(when)s", "%(when)s 由 %(who)s 核准")
    assert not list(messages.other_placeholders([entry]))
