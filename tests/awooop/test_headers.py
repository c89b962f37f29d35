"""Every kind of answer carries the headers that browsers go by."""

from __future__ import annotations

import pytest

from tests import factories

EVERYWHERE = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
ADDRESSES = ["/login", "/", "/awooop/runs", "/admin/", "/nowhere", "/healthz", "/readyz",
             "/api/v1/platform/runs", "/api/v1/nowhere", "/api/v1/docs", "/%00"]  # fmt: skip


@pytest.fixture
def person(client, db):
    factories.project("awoooi")
    client.force_login(factories.user(is_superuser=True))
    return client


@pytest.mark.parametrize("path", ADDRESSES)
def test_every_answer_says_what_a_browser_may_do(person, path):
    answer = person.get(path)
    assert {name: answer[name] for name in EVERYWHERE} == EVERYWHERE
    assert "camera=()" in answer["Permissions-Policy"]


@pytest.mark.parametrize("path", [one for one in ADDRESSES if one != "/login"])
def test_nothing_that_was_read_stays_in_a_cache(person, path):
    assert "no-store" in person.get(path)["Cache-Control"]


@pytest.mark.parametrize("path", ["/", "/awooop/runs", "/admin/", "/admin/runs/run/", "/login"])
def test_a_page_allows_no_inline_code_and_no_frame(person, path):
    answer = person.get(path)
    policy = answer["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert answer["X-Frame-Options"] == "DENY"


def test_a_page_refused_before_any_view_has_the_policy_too(client):
    assert "default-src 'self'" in client.get("/%00")["Content-Security-Policy"]


def test_static_files_are_kept_by_browsers(client):
    assert "no-store" not in client.get("/static/css/tokens.css").get("Cache-Control", "")
