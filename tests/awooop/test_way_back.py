"""A form leads back to where it was opened, and to no other site."""

from __future__ import annotations

import pytest
from django.test import RequestFactory

from awooop.navigation import way_back


@pytest.mark.parametrize("wanted", ["/awooop/runs?state=failed", "/"])
def test_a_path_of_ours_is_taken(wanted):
    assert way_back(RequestFactory().get("/x"), wanted, "/home") == wanted


@pytest.mark.parametrize(
    "wanted",
    ["", "0", "runs-list", "//evil.example", "///evil.example", "/\\evil.example", "\n//e",
     "\\/evil.example", "https://evil.example/", "http:evil.example", "javascript:alert(1)",
     "/\x01/evil.example", "/\t/evil.example"],
)  # fmt: skip
def test_anything_else_leads_to_the_usual_place(wanted):
    assert way_back(RequestFactory().get("/x"), wanted, "/home") == "/home"
