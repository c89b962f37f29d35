"""A key or a person sees and touches nothing of another project, by any address of the API."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.walks import addresses, tables
from tests.walks.asking import Asker, by_key, changed, comparable, fingerprint, leaks, undone
from tests.walks.world import World, twin

pytestmark = pytest.mark.django_db
OPERATIONS = addresses.operations()
KNOWN = tables.walked(tables.OPERATIONS, OPERATIONS)
READS = [name for name in KNOWN if OPERATIONS[name].method == "GET"]
WRITES = [name for name in KNOWN if name not in READS]
LISTS = [name for name in READS if not OPERATIONS[name].in_path]
PAGED = [n for n in LISTS if any(one["name"] == "cursor" for one in OPERATIONS[n].in_query)]
BOUND = [name for name in KNOWN if OPERATIONS[name].in_path]


@pytest.fixture(scope="module")
def asker(mine) -> Asker:
    """A key of my project with every scope."""
    return by_key(mine.key)


@pytest.mark.parametrize("name", LISTS)
def test_a_list_shows_nothing_of_it(asker, mine, theirs, name):
    path = OPERATIONS[name].path
    answer = asker.api("GET", path)
    assert answer.status_code == 200
    assert leaks(theirs, answer.text_read) == []
    assert leaks(mine, answer.text_read), "the list is empty: nothing could have been seen"
    assert leaks(theirs, by_key(theirs.key).api("GET", path).text_read)


@pytest.mark.parametrize("name", BOUND)
def test_an_id_of_it_is_as_unknown_as_any(asker, mine, theirs, name):
    operation, body = OPERATIONS[name], tables.OPERATIONS[name].body_in(mine)
    before = fingerprint(theirs.project_id)
    answers = []
    for known in (True, False):
        ids = {key: theirs.ident(key) for key in operation.in_path}
        ids = ids if known else {key: twin(value) for key, value in ids.items()}
        with undone():
            answer = asker.api(operation.method, operation.path.format(**ids), body)
            assert changed(before, fingerprint(theirs.project_id)) == []
        assert answer.status_code == 404
        assert leaks(theirs, answer.text_read, ids.values()) == []
        answers.append(comparable(answer.text_read, ids.values()))
    assert answers[0] == answers[1]


@pytest.mark.parametrize("name", READS)
def test_a_filter_by_its_ids_finds_what_an_unknown_id_finds(asker, mine, theirs, name):
    path = tables.operation_path(name, mine)
    wrong = []
    for parameter in OPERATIONS[name].in_query:
        for value in _values(parameter, theirs):
            answers = [
                asker.api("GET", path, query={parameter["name"]: v}) for v in (value, twin(value))
            ]
            texts = [
                comparable(a.text_read, [v])
                for a, v in zip(answers, (value, twin(value)), strict=True)
            ]
            if answers[0].status_code != answers[1].status_code or texts[0] != texts[1]:
                wrong.append((parameter["name"], value, texts))
            if leaks(theirs, answers[0].text_read, [value]):
                wrong.append((parameter["name"], value, "shows it"))
    assert wrong == []


def _values(parameter: dict[str, Any], world: World) -> list[Any]:
    """Answer what of a project a parameter could be asked for."""
    forms = addresses.forms_of(parameter["schema"])
    if not any(form.get("type") == "string" and "enum" not in form for form in forms):
        return []
    named = world.ident(parameter["name"])
    if named is not None:
        return [named]
    return [
        world.mark,
        world.ident("run_id"),
        world.ident("incident_id"),
        f"{world.mark}0 agent_id",
    ]


@pytest.mark.parametrize("name", PAGED)
def test_a_cursor_made_for_it_shows_nothing_of_it(asker, theirs, name):
    path = OPERATIONS[name].path
    names = {parameter["name"] for parameter in OPERATIONS[name].in_query}
    size = {name: 1 for name in ("per_page", "size", "limit") if name in names}
    cursor = by_key(theirs.key).api("GET", path, query=size).json()["next_cursor"]
    assert cursor, "their list has one page only"
    answer = asker.api("GET", path, query={"cursor": cursor})
    assert answer.status_code in (200, 422)
    assert leaks(theirs, answer.text_read, [cursor]) == []


@pytest.mark.parametrize("name", WRITES)
def test_its_ids_in_a_body_are_refused_and_change_nothing(asker, mine, theirs, name):
    path, body = tables.operation_path(name, mine), tables.OPERATIONS[name].body_in(mine) or {}
    before, wrong, method = fingerprint(theirs.project_id), [], OPERATIONS[name].method
    for key, value in _references(name, theirs):
        with undone():
            answer = asker.api(method, path, {**body, key: str(value)})
            touched = changed(before, fingerprint(theirs.project_id))
        with undone():
            unknown = asker.api(method, path, {**body, key: twin(value)})
        shown = leaks(theirs, answer.text_read, [value])
        # An id that the sender chooses may be taken: that alone may be told apart from unknown.
        is_refused = 400 <= answer.status_code < 500
        if touched or shown or not (is_refused or answer.status_code == unknown.status_code):
            wrong.append((key, value, answer.status_code, touched, shown, answer.text_read[:300]))
    assert wrong == []


def _references(name: str, world: World) -> Iterator[tuple[str, Any]]:
    record, _ = addresses.body_schema(OPERATIONS[name])
    for key in record.get("properties", {}):
        if key == "id":
            yield from (
                (key, value)
                for label, value in world.idents().items()
                if world.rows.get(label)
                and world.one(label)._meta.pk.name == "id"
                and re.fullmatch(r"[0-9a-f-]{36}", str(value))
            )
        elif world.ident(key) is not None:
            yield key, world.ident(key)


def test_nothing_of_mine_names_it_after_every_write(asker, mine, theirs):
    """A write that works, as each is sent, leaves no row of it changed."""
    before = fingerprint(theirs.project_id)
    for name in WRITES:
        with undone():
            answer = asker.api(
                OPERATIONS[name].method,
                tables.operation_path(name, mine),
                tables.OPERATIONS[name].body_in(mine),
            )
            assert answer.status_code == tables.OPERATIONS[name].status, (name, answer.text_read)
            assert leaks(theirs, answer.text_read) == [], name
            assert changed(before, fingerprint(theirs.project_id)) == [], name
