"""Finders answer in their order, and one that is wrong is told apart."""

from __future__ import annotations

import pytest

from awooop import callers, finding
from awooop.finding import Finder, Hit
from awooop.finding.registry import registered_for_test

NOBODY = callers.system("tests")


def finder(kind: str, order: int, answer) -> Finder:
    return Finder(kind, kind.title(), "dot", order, lambda caller, projects, text: answer)


def test_groups_stand_in_their_order_without_empty_ones():
    some = (finder("b", 2, [Hit("B", "/b")]), finder("a", 1, [Hit("A", "/a")]), finder("c", 0, []))
    with registered_for_test(*some):
        assert [group.kind for group in finding.find(NOBODY, (), "words")] == ["a", "b"]


def test_a_finder_is_not_asked_for_fewer_letters_than_it_needs():
    with registered_for_test(finder("a", 1, [Hit("A", "/a")])):
        assert finding.find(NOBODY, (), "x") == []


def test_a_second_finder_of_a_kind_is_refused():
    one = finder("a", 1, [])
    with registered_for_test(one), pytest.raises(ValueError, match="registered already"):
        finding.add(one)


def test_an_answer_that_is_no_list_is_an_error():
    with registered_for_test(finder("a", 1, None)), pytest.raises(TypeError, match="list"):
        finding.find(NOBODY, (), "words")
