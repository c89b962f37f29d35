"""What a revision changes, tool by tool: what lets an agent do more comes first."""

from __future__ import annotations

from awooop.contract_changes import Change, as_text, changes, lines
from awooop.models import ContractRevision

BEFORE = {"tools": {"a": {"scope": "read"}, "b": {"scope": "write"}, "c": {"scope": "read"},
                    "same": {"scope": "read"}, "d": {"scope": "admin"}}}  # fmt: skip
AFTER = {"tools": {"a": {"scope": "write"}, "b": {"scope": "read"},
                   "c": {"scope": "read", "note": "x"}, "same": {"scope": "read"},
                   "new": {"scope": "read"}}}  # fmt: skip


def test_wider_first_then_other_terms_then_narrower():
    assert changes(BEFORE, AFTER) == [
        Change("a", "read", "write", "wider"),
        Change("new", "", "read", "wider"),
        Change("c", "read", "read", "other"),
        Change("b", "write", "read", "narrower"),
        Change("d", "admin", "", "narrower"),
    ]


def test_nothing_changes_between_equal_bodies():
    assert changes(BEFORE, BEFORE) == []


def test_a_malformed_body_grants_nothing():
    assert changes({"tools": [1]}, {"tools": {"a": "read"}}) == []


def test_the_difference_is_line_by_line():
    old = ContractRevision(contract_id="a", body={"x": 1, "y": 2})
    new = ContractRevision(contract_id="a", body={"y": 2, "x": 3}, version_minor=1)
    found = lines(old, new)
    assert '-  "x": 1,' in found
    assert '+  "x": 3,' in found
    assert not any("y" in line for line in found if line[:1] in "+-")


def test_the_first_revision_is_all_new():
    new = ContractRevision(contract_id="a", body={"x": 1})
    assert [line for line in lines(None, new) if line.startswith("-")] == ["--- "]
    assert as_text({"b": 1, "a": 2}) == '{\n  "a": 2,\n  "b": 1\n}'
