"""Keyset pages: complete, stable, the same for one project and for several."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from awooop import clock, tenancy
from awooop.errors import Invalid
from awooop.paging import Ordering, PageRequest, paginate, parse_request
from runs.models import Run
from tests import factories

NEWEST = Ordering("runs.newest", ("created_at", "run_id"))
START = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def runs(other_project):
    """Eleven runs of two projects, some of the same moment; answers their ids, newest first."""
    with tenancy.scope(["awoooi", "other"]):
        made = []
        for number in range(11):
            with clock.set_to(START + timedelta(seconds=number // 2)):
                made.append(factories.run(["awoooi", "other"][number % 3 == 0]))
    tenancy.set_for_transaction(["awoooi", "other"])
    made.sort(key=lambda run: (run.created_at, run.run_id), reverse=True)
    return made


def walk(projects, per_page=3, queryset=None):
    cursor, seen = None, []
    while True:
        page = paginate(
            Run.objects.all() if queryset is None else queryset,
            projects,
            NEWEST,
            PageRequest(1, per_page, cursor),
        )
        seen.append([run.pk for run in page.items])
        cursor = page.next_cursor
        if cursor is None:
            return seen, page


def test_cursors_walk_several_projects_in_order_without_loss_or_repeat(runs):
    pages, _ = walk(["awoooi", "other"])
    assert [pk for page in pages for pk in page] == [run.pk for run in runs]


def test_cursors_walk_one_project(runs):
    pages, _ = walk(["other"])
    assert [pk for page in pages for pk in page] == [
        run.pk for run in runs if run.project_id == "other"
    ]


def test_going_back_gives_the_page_before(runs):
    first = paginate(Run.objects.all(), ["awoooi", "other"], NEWEST, PageRequest(1, 3))
    second = paginate(
        Run.objects.all(), ["awoooi", "other"], NEWEST, PageRequest(1, 3, first.next_cursor)
    )
    back = paginate(
        Run.objects.all(), ["awoooi", "other"], NEWEST, PageRequest(1, 3, second.prev_cursor)
    )
    assert [run.pk for run in back.items] == [run.pk for run in first.items]
    assert back.prev_cursor is None


def test_page_numbers_and_cursors_agree(runs):
    pages, _ = walk(["awoooi", "other"])
    second = paginate(Run.objects.all(), ["awoooi", "other"], NEWEST, PageRequest(2, 3))
    assert [run.pk for run in second.items] == pages[1]


def test_a_row_that_arrives_while_paging_neither_repeats_nor_hides_another(runs):
    first = paginate(Run.objects.all(), ["awoooi", "other"], NEWEST, PageRequest(1, 3))
    factories.run("awoooi")
    second = paginate(
        Run.objects.all(), ["awoooi", "other"], NEWEST, PageRequest(1, 3, first.next_cursor)
    )
    assert [run.pk for run in second.items] == [run.pk for run in runs[3:6]]


def test_filters_hold_in_each_project(runs):
    Run.objects.filter(pk=runs[0].pk).update(agent_id="another")
    pages, page = walk(["awoooi", "other"], queryset=Run.objects.filter(agent_id="another"))
    assert pages == [[runs[0].pk]]
    assert (page.total, page.total_is_exact) == (1, True)


def test_no_visible_project_is_an_empty_page(runs):
    page = paginate(Run.objects.all(), [], NEWEST, PageRequest())
    assert (page.items, page.total, page.next_cursor) == ([], 0, None)


def test_a_page_over_many_projects_costs_three_statements(runs, django_assert_num_queries):
    with django_assert_num_queries(3):  # keys, rows, bounded total
        paginate(Run.objects.all(), ["awoooi", "other"], NEWEST, PageRequest(1, 3))


@pytest.mark.parametrize("cursor", ["", "x", "eyJhIjoxfQ:1abc:sig"])
def test_a_tampered_cursor_names_the_field(runs, cursor):
    request = PageRequest(1, 3, cursor or "nothing")
    with pytest.raises(Invalid) as refused:
        paginate(Run.objects.all(), ["awoooi"], NEWEST, request)
    assert refused.value.errors[0]["field"] == "cursor"


def test_a_cursor_of_another_ordering_is_refused(runs):
    first = paginate(Run.objects.all(), ["awoooi", "other"], NEWEST, PageRequest(1, 3))
    other = Ordering("runs.oldest", ("created_at", "run_id"), descending=False)
    with pytest.raises(Invalid):
        paginate(Run.objects.all(), ["awoooi"], other, PageRequest(1, 3, first.next_cursor))


@pytest.mark.parametrize(
    ("page", "per_page", "field"),
    [
        ("0", "50", "page"),
        ("x", "50", "page"),
        ("-1", "50", "page"),
        ("1", "201", "per_page"),
        ("1", "0x10", "per_page"),
        ("99999999999", "50", "page"),
        ("١", "50", "page"),
    ],
)
def test_paging_parameters_out_of_range_are_named(page, per_page, field):
    with pytest.raises(Invalid) as refused:
        parse_request(page, per_page)
    assert [error["field"] for error in refused.value.errors] == [field]


@pytest.mark.parametrize("projects", [["awoooi"], ["awoooi", "other"], []])
def test_a_filter_that_nothing_can_meet_gives_an_empty_page(runs, projects):
    page = paginate(Run.objects.filter(pk__in=[]), projects, NEWEST, PageRequest())
    assert (page.items, page.total, page.total_is_exact) == ([], 0, True)
