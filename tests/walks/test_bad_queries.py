"""A wrong query string is told by its name, on every page and by every operation; never a 500."""

from __future__ import annotations

from typing import Any

import pytest

from tests.walks import addresses, tables
from tests.walks.asking import Asker, by_key, by_login

pytestmark = pytest.mark.django_db
OPERATIONS = addresses.operations()
KNOWN = tables.walked(tables.OPERATIONS, OPERATIONS)
READS = [name for name in KNOWN if OPERATIONS[name].method == "GET"]
PAGES = tables.walked(tables.PAGES, addresses.pages())
FILTERED = [name for name in PAGES if tables.PAGES[name].filters]
NONSENSE = ("nonsense", "-1", "9" * 30, "1.5", "2026-02-31", "' or 1=1 --", "é\u202e😀",
            "x" * 10_000, "INC-20261101-" + "A" * 400)  # fmt: skip


@pytest.fixture(scope="module")
def asker(mine) -> Asker:
    """A key of my project."""
    return by_key(mine.key)


@pytest.fixture(scope="module")
def reader(mine) -> Asker:
    """An operator."""
    return by_login(mine.people["operator"])


def _fields(answer: Any) -> list[str]:
    return [error["field"] for error in answer.json().get("errors", [])]


@pytest.mark.parametrize("name", READS)
def test_an_operation_names_what_is_wrong(asker, mine, name):
    path, wrong = tables.operation_path(name, mine), []
    for parameter in OPERATIONS[name].in_query:
        key = parameter["name"]
        for value in NONSENSE:
            answer = asker.api("GET", path, query={key: value})
            if key == "project_id" and answer.status_code == 404:
                continue
            is_named = answer.status_code == 422 and _fields(answer) == [key]
            if not is_named and not (_is_fine(parameter, value) and answer.status_code == 200):
                wrong.append((key, value[:40], answer.status_code, answer.text_read[:200]))
    assert wrong == []


def _is_fine(parameter: dict[str, Any], value: str) -> bool:
    """Whether a parameter may take a text: any, or (as the document says) a number or a flag."""
    if parameter["name"] in tables.FREE:
        return True
    # A number that is brought within its bounds.
    return parameter["name"] == "limit" and value.lstrip("-").isdigit()


@pytest.mark.parametrize("name", READS)
def test_an_operation_refuses_a_parameter_that_it_does_not_have(asker, mine, name):
    answer = asker.api("GET", tables.operation_path(name, mine), query={"stat": "failed"})
    assert answer.status_code == 422
    assert _fields(answer) == ["stat"]


@pytest.mark.parametrize("name", READS)
def test_an_operation_refuses_a_parameter_given_twice(asker, mine, name):
    for parameter in OPERATIONS[name].in_query:
        if any(form.get("type") == "array" for form in addresses.forms_of(parameter["schema"])):
            continue
        query = {parameter["name"]: ["a", "b"]}
        answer = asker.api("GET", tables.operation_path(name, mine), query=query)
        assert answer.status_code == 422, parameter["name"]
        assert _fields(answer) == [parameter["name"]]


@pytest.mark.parametrize("name", READS)
def test_no_parameter_takes_a_nul(asker, mine, name):
    for parameter in OPERATIONS[name].in_query:
        query = {parameter["name"]: "a\0b"}
        answer = asker.api("GET", tables.operation_path(name, mine), query=query)
        assert answer.status_code == 422
        assert _fields(answer) == [parameter["name"]]


@pytest.mark.parametrize("name", FILTERED)
def test_a_page_names_what_is_wrong(reader, mine, name):
    url, wrong = tables.page_url(name, mine), []
    who = reader if tables.PAGES[name].look == "read" else by_login(mine.people["project_admin"])
    for key in tables.PAGES[name].filters:
        for value in ("nonsense", "9" * 30, "x" * 10_000):
            answer = who.page(url, {key: value})
            told = answer.status_code == 422 and key in answer.text_read
            if told or (key == "project_id" and answer.status_code == 404):
                continue
            if not (key in tables.FREE and answer.status_code == 200):
                wrong.append((key, value[:40], answer.status_code))
    assert wrong == []


@pytest.mark.parametrize("name", KNOWN)
def test_an_operation_says_which_methods_it_takes(asker, mine, name):
    path = tables.operation_path(name, mine)
    known = {one.method for one in OPERATIONS.values() if one.path == OPERATIONS[name].path}
    answer = asker.api("PUT" if "DELETE" in known else "DELETE", path, {})
    assert answer.status_code == 405
    assert answer["Content-Type"] == "application/problem+json"
    assert set(answer["Allow"].split(", ")) == known


def test_a_page_says_which_methods_it_takes(reader, mine):
    answer = reader.submit(tables.page_url("runs-list", mine), {})
    assert answer.status_code == 405
    assert "POST is not possible here; what is: GET, HEAD" in answer.text_read
