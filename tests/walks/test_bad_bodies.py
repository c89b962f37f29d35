"""A wrong body is told by the field, by every write, as the document says what it takes.

What each field of the runs' writes refuses beyond its type is in `tests/runs/api/writes`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.walks import addresses, tables
from tests.walks.asking import Asker, by_key, changed, fingerprint
from tests.walks.world import World

pytestmark = pytest.mark.django_db
OPERATIONS = addresses.operations()
WRITES = [
    name
    for name in tables.walked(tables.OPERATIONS, OPERATIONS)
    if OPERATIONS[name].method != "GET" and addresses.body_schema(OPERATIONS[name])[0]
]
MANY = [name for name in WRITES if addresses.body_schema(OPERATIONS[name])[1]]


@pytest.fixture(scope="module")
def asker(mine) -> Asker:
    """A key of my project with every scope."""
    return by_key(mine.key)


class Sender:
    """Sends bodies to one write, and keeps those whose answer does not name what is wrong."""

    def __init__(self, asker: Asker, name: str, world: World) -> None:
        self.asker, self.world, self.wrong = asker, world, []
        self.before = fingerprint(world.project_id)
        self.method, self.path = OPERATIONS[name].method, tables.operation_path(name, world)
        self.body = tables.OPERATIONS[name].body_in(world)

    def send(self, body: Any, field: str) -> None:
        """Send a body that must be refused at a field (or, where that comes first, for a state)."""
        answer = self.asker.api(self.method, self.path, body)
        fields = [error["field"] for error in answer.json().get("errors", [])]
        named = any(one.split(".")[0] == field for one in fields)
        if not (named and answer.status_code == 422) and answer.status_code != 409:
            self.wrong.append((field, str(body)[:120], answer.status_code, answer.text_read[:200]))

    def check(self) -> None:
        """See that each was refused and told, and that nothing came of any."""
        assert self.wrong == []
        assert changed(self.before, fingerprint(self.world.project_id)) == []


@pytest.mark.parametrize("name", WRITES)
def test_a_body_that_is_none_is_refused(asker, mine, name):
    sender = Sender(asker, name, mine)
    for body in (b"{", b"not json", b"[1,", b"\xff\xfe", b'"text"', b"7", b"true"):
        sender.send(body, "body")
    sender.send({**sender.body, "surplus": 1}, "surplus")
    sender.send(json.dumps({**sender.body, "surplus": "@"}).replace('"@"', "NaN").encode(), "body")
    sender.check()


@pytest.mark.parametrize("name", WRITES)
def test_a_value_of_the_wrong_kind_is_named(asker, mine, name):
    sender = Sender(asker, name, mine)
    record, _ = addresses.body_schema(OPERATIONS[name])
    for field, schema in record["properties"].items():
        for value in _wrong_values(schema):
            sender.send({**sender.body, field: value}, field)
    sender.check()


def _wrong_values(schema: dict[str, Any]) -> Iterator[Any]:
    """Answer values that a field cannot take, by its schema."""
    forms = addresses.forms_of(schema)
    kinds = {form.get("type") for form in forms}
    if "object" not in kinds:
        yield {"a": 1}
    if "array" not in kinds:
        yield ["a"]
    for form in forms:
        if form.get("type") == "string":
            yield "a\0b"
            yield "x" * (form.get("maxLength", 200_000) + 1)
        if form.get("type") == "integer":
            yield from (2**63, "many", -(2**62))
        if form.get("type") == "array":
            yield [{"surplus": "a\0b"}]


@pytest.mark.parametrize("name", MANY)
def test_a_list_over_the_bound_is_too_large(asker, mine, name):
    sender = Sender(asker, name, mine)
    answer = asker.api(sender.method, sender.path, [sender.body] * 1_001)
    assert answer.status_code == 413
    sender.check()
