"""Several reads in one statement answer what each answers by itself."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

import pytest

from awooop import together
from awooop.models import Project
from runs.models import Approval, Run
from tests import factories

pytestmark = pytest.mark.django_db
_TYPES = """
select 1 as n, 'x%%y' as text, null::text as nothing, true as yes, 1.50::numeric as money,
  '2026-11-21T10:00:00Z'::timestamptz as at, '00000000-0000-0000-0000-000000000009'::uuid as ident,
  array['a', 'b'] as words, '{"a": [1]}'::jsonb as body
"""


def asking(*texts: str) -> together.Asking[list]:
    return together.all_of(*(together.tuples(text, []) for text in texts))


def test_each_column_keeps_its_type_beside_others():
    alone, beside, _other = together.read(
        together.one(_TYPES, []), together.one(_TYPES, []), together.tuples("select 'other'", [])
    )
    assert alone == beside
    assert beside | {"body": json.loads(beside["body"])} == {
        "n": 1,
        "text": "x%y",
        "nothing": None,
        "yes": True,
        "money": Decimal("1.50"),
        "at": datetime(2026, 11, 21, 10, tzinfo=UTC),
        "ident": UUID(int=9),
        "words": ["a", "b"],
        "body": {"a": [1]},
    }


def test_each_keeps_its_order_and_its_number_of_rows():
    texts = [
        "select n from generate_series(5, 1, -1) n order by n desc",
        "select n from generate_series(1, 40) n order by n %% 7, n",
        "select 1 where false",
        "select 1 as n, 2 as n",
    ]
    together_read = together.answer(asking(*texts))
    assert together_read == [together.answer(asking(text))[0] for text in texts]
    assert together_read[0] == [(5,), (4,), (3,), (2,), (1,)]
    assert together_read[2:] == [[], [(1, 2)]]


def test_what_is_bound_by_name_and_by_place_stand_side_by_side():
    named = together.tuples("select %(b)s::int, %(a)s::int, %(b)s::int", {"a": 1, "b": 2})
    placed = together.tuples("select %s::text, '100%%'", ["it's %s"])
    assert together.read(named, placed) == [[(2, 1, 2)], [("it's %s", "100%")]]


def test_querysets_are_read_as_they_iterate(project, key):
    asked = factories.waiting(key, arguments={"replicas": 3})
    approvals = Approval.objects.filter(project_id="awoooi").select_related("run", "playbook")
    runs = Run.objects.filter(project_id="awoooi")
    whole, ids, named, number, none, few = together.read(
        together.objects(approvals),
        together.objects(runs.values_list("pk", flat=True)),
        together.objects(runs.values("agent_id")),
        together.count(runs),
        together.objects(runs.filter(pk__in=[])),
        together.count(Project.objects.all(), at_most=1),
    )
    assert whole == [asked]
    assert (whole[0].arguments, whole[0].run.agent_id) == ({"replicas": 3}, asked.run.agent_id)
    assert (ids, named) == ([asked.run_id], [{"agent_id": asked.run.agent_id}])
    assert (number, none, few) == (1, [], 1)


def test_several_ask_in_step(django_assert_num_queries):
    def twice(first: int) -> together.Asking[int]:
        ((found,),) = yield (together.tuples("select %s::int", [first]),)
        ((more,),) = yield (together.tuples("select %s::int + 1", found),)
        return more[0]

    def once() -> together.Asking[str]:
        ((found,),) = yield (together.tuples("select 'once'", []),)
        return found[0]

    def never() -> together.Asking[int]:
        return 7
        yield

    with django_assert_num_queries(2):
        assert together.answers(twice(1), once(), never(), twice(5)) == [2, "once", 7, 6]


def test_what_is_known_already_costs_no_statement(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert together.read(together.nothing(3), together.objects(Run.objects.none())) == [3, []]
        assert together.read() == []


def test_a_change_of_the_answer_changes_that_one_alone():
    two = together.tuples("select 2", []).then(lambda rows: rows[0][0])
    assert together.read(two, two.then(lambda n: n * 10)) == [2, 20]


def test_related_rows_are_kept_without_another_question(project, key, django_assert_num_queries):
    first, second = factories.waiting(key), factories.waiting(key)
    with django_assert_num_queries(0):
        together.keep_related([first, second], "votes", "approval_id", [])
        assert [list(first.votes.all()), list(second.votes.all())] == [[], []]


def test_what_is_kept_is_asked_anew(project, key):
    @together.kept
    def runs_of(projects: tuple[str, ...]) -> together.Read:
        return together.objects(Run.objects.filter(project_id__in=projects).order_by("pk"))

    assert together.read(runs_of(["awoooi"]), runs_of(["awoooi"])) == [[], []]
    made = factories.waiting(key).run
    assert together.read(runs_of(("awoooi",)), runs_of(["other"])) == [[made], []]
    assert runs_of(["awoooi"]) is runs_of(("awoooi",))


def test_many_reads_are_statements_of_a_few_each(django_assert_num_queries):
    reads = [together.tuples("select %s::int", [n]) for n in range(2 * together.AT_ONCE + 1)]
    with django_assert_num_queries(3):
        found = together.read(*reads, together.nothing("known"))
    assert found == [*([(n,)] for n in range(len(reads))), "known"]
