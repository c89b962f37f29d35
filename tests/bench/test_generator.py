"""The generator of the bench, at 200 runs: what it loads is what the product would have written."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import islice

import pytest
from django.apps import apps
from django.db import connection

from awooop import tenancy
from awooop.paging import PageRequest
from bench import load, people
from bench.rows.table import RUN
from bench.scale import Scale
from bench.world import World
from knowledge.selectors import entries, filters, reviews, stale_candidates
from runs.selectors import runs

END = datetime.now(UTC).replace(microsecond=0)
RUNS = 200
pytestmark = pytest.mark.django_db
# Names and columns: PostgreSQL writes a condition that it reads back in other words.
_SHAPE = """
select relname, relforcerowsecurity,
       (select array_agg(row(indexrelid::regclass, indisunique, indkey, indpred is null)::text
                         order by indexrelid::regclass::text)
          from pg_index where indrelid = pg_class.oid),
       (select array_agg(row(conname, contype, conkey, confkey, condeferred)::text order by conname)
          from pg_constraint where conrelid = pg_class.oid),
       (select array_agg(row(tgname, tgenabled)::text order by tgname) from pg_trigger
         where tgrelid = pg_class.oid and not tgisinternal)
  from pg_class where relname = any(%s) order by relname
"""


def shape() -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(_SHAPE, [[load.table_name(table) for table in load.TABLES]])
        return cursor.fetchall()


@pytest.fixture(scope="module")
def world(module_db):
    """A loaded world, and how its tables were before."""
    made = World(Scale(RUNS), END)
    people.make(made)
    tenancy.set_for_transaction(made.projects)
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")
    before = shape()
    load.load_within(connection.connection, made)
    made.before = before
    return made


@pytest.mark.parametrize(
    ("model", "each"),
    [("Run", 1), ("Incident", 1), ("Step", 4), ("McpCall", 5), ("ChannelEvent", 2),
     ("OutboundMessage", 2), ("LegacyMcpRecord", 2), ("RemediationRecord", 1), ("Evidence", 1)],
)  # fmt: skip
def test_the_proportions_are_those_of_the_table(world, model, each):
    assert apps.get_model("runs", model).objects.count() == RUNS * each


def test_the_tables_are_left_as_they_were(world):
    assert shape() == world.before


def test_the_list_of_runs_shows_the_newest(world):
    page = runs.page_of_runs(runs.parse_filters({}), [world.projects[0]], PageRequest())
    assert str(page.items[0].run_id) == world.uuid(RUN, RUNS - 1)
    assert page.items[0].state == "waiting_approval"


def test_a_fifth_of_the_entries_is_stale(world):
    found = stale_candidates.candidates([world.projects[0]])
    assert found["total_stale"] == world.scale.entries_of_first // 5


def test_search_finds_an_entry_by_a_word_of_its_title(world):
    wanted = filters.parse({"q": "service003"})
    found = entries.page_of_entries(wanted, [world.projects[0]], PageRequest())
    assert found.page.items[0].title == "TargetDown on service003: what to do"


def test_the_reviews_are_about_entries_that_are_there(world):
    queue = reviews.completion_queue([world.projects[0]])
    assert queue["total"] == world.scale.reviews
    assert queue["counts"]["completed"] == 2  # every third, from the first on
    assert all(item["title"] for item in queue["items"])


def test_the_same_seed_makes_the_same_rows():
    one, same, other = (World(Scale(RUNS, seed), END) for seed in (1, 1, 2))
    for table in load.TABLES:
        if table.model == "knowledge.SearchTerm":
            continue
        first, again, different = (list(table.lines(w, 0, 3)) for w in (one, same, other))
        assert first == again
        assert first != different


def test_a_few_projects_have_most_of_the_runs():
    world = World(Scale(1_000_000), END)
    counts = Counter(world.project(run) for run in range(0, 900_000, 97))
    assert set(counts) == set(world.projects)
    assert counts["bench-00"] > 0.2 * counts.total() > 5 * counts["bench-19"]


def test_ids_are_unique_among_kinds_and_numbers():
    world = World(Scale(RUNS), END)
    ids = [world.uuid(kind, number) for kind in range(2, 16) for number in range(2_000)]
    assert len(set(ids)) == len(ids)


def test_the_history_ends_at_its_end():
    world = World(Scale(RUNS), END)
    assert world.began(RUNS - 1) == END
    assert world.began(0) - END < -timedelta(days=89)
    assert list(islice(world.dates, 1)) == [world.start.strftime("%Y%m%d")]
