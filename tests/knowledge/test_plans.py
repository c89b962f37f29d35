"""At 100,000 entries no common question reads a whole table, and each index has its question."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import connection

from awooop import paging, tenancy
from awooop.clock import now
from knowledge import metrics as knowledge_metrics
from knowledge.models import KnowledgeEntry
from knowledge.search import ranking, spelling
from knowledge.selectors import (
    entries,
    facets,
    filters,
    history,
    reviews,
    stale_candidates,
    ties,
)
from runs.models import Incident
from tests import factories
from tests.runs import plans

PROJECTS = {"plans-a": 70_000, "plans-b": 30_000}
TABLES = (
    "knowledge_knowledgeentry",
    "knowledge_knowledgerevision",
    "knowledge_searchterm",
    "knowledge_spellingvariant",
)
_FILL = """
insert into knowledge_knowledgeentry (entry_id, project_id, title, content, entry_type, category,
    tags, status, alertname, source, source_path, source_digest, metadata, owner, view_count,
    related_incident_id, version, created_at, updated_at)
  select md5(p || n)::uuid, p, 'Entry ' || n, 'About it.',
    case when n %% 5000 = 0 then 'reference' else 'runbook' end,
    case when n %% 2000 = 0 then 'rare' else 'category-' || n %% 9 end, '{}',
    case when n %% 1000 = 0 then 'review' when n %% 4 = 0 then 'archived' else 'approved' end, '',
    'plans', 'path-' || n, '', '{}', '', 0,
    case when n %% 10 = 0 then 'INC-20260101-' || to_char(n, 'FM00000000') end, 1,
    now() - n * interval '7 minutes', now() - n * interval '7 minutes'
  from unnest(%(names)s::text[], %(sizes)s::int[]) as t(p, size), generate_series(1, size) n;

insert into knowledge_knowledgerevision (entry_id, project_id, version, title, content, editor,
    reason, created_at)
  select entry_id, project_id, 1, title, content, '', '', created_at from knowledge_knowledgeentry;

insert into knowledge_searchterm (entry_id, term, project_id, weight)
  select entry_id, term, project_id, 100 from knowledge_knowledgeentry cross join lateral (
    values ('common'), ('entri'), ('word' || substr(source_path, 6)), ('#tag' || md5(title)))
      as t(term);

insert into knowledge_searchterm (entry_id, term, project_id, weight)
  select entry_id, '#rare', project_id, 0 from knowledge_knowledgeentry where category = 'rare';

insert into knowledge_spellingvariant (project_id, variant, word)
  select p, v, w from unnest(%(names)s::text[]) p, generate_series(1, 30000) n,
    lateral (values (md5(n::text))) as words(w), lateral (values (w), (substr(w, 2))) as vs(v);

analyze knowledge_knowledgeentry, knowledge_knowledgerevision, knowledge_searchterm,
  knowledge_spellingvariant
"""


@pytest.fixture(scope="module")
def many(module_db):
    """A hundred thousand entries in two projects."""
    for project_id in PROJECTS:
        factories.project(project_id)
    tenancy.set_for_transaction(list(PROJECTS))
    given = {"names": list(PROJECTS), "sizes": list(PROJECTS.values())}
    with connection.cursor() as cursor:
        for statement in _FILL.split(";"):
            cursor.execute(statement, given)


@pytest.fixture(autouse=True)
def _ours(many, monkeypatch):
    monkeypatch.setattr(plans, "GROWING", TABLES)


@contextmanager
def explained() -> Iterator[list[tuple[plans.Plan, str]]]:
    """Collect the plan of each statement that reads, with its text."""
    found: list[tuple[plans.Plan, str]] = []

    def explain(execute, sql, params, many, context):
        if sql.lstrip().lower().startswith(("select", "with")) and "set_config" not in sql:
            cursor = context["cursor"]
            execute(f"explain (analyze, timing off, format json) {sql}", params, many, context)
            (text,) = cursor.fetchone()
            plan = plans.Plan(sql)
            tree = (json.loads(text) if isinstance(text, str) else text)[0]["Plan"]
            plan.read(tree)
            found.append((plan, json.dumps(tree)))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(explain):
        yield found


def check(found, at_most: int = 1_500) -> None:
    assert found
    for plan, _ in found:
        assert plan.whole_tables == [], plan.sql
        # What is archived is passed over while counting: a quarter of these.
        bound = paging.COUNT_BOUND * 4 // 3 if "count(" in plan.sql.lower() else at_most
        assert plan.looked_at <= bound, f"{plan.looked_at} rows: {plan.sql}"


def uses(found, index: str) -> bool:
    return any(f'"{index}"' in text for _, text in found)


@pytest.mark.parametrize("projects", [["plans-a"], list(PROJECTS)], ids=["one", "two"])
@pytest.mark.parametrize(
    ("given", "index"),
    [
        ({}, "knowledge_stale"),
        ({"status": "all"}, "knowledge_newest"),
        ({"status": "review"}, "knowledge_by_status"),
        ({"entry_type": "reference"}, "knowledge_by_type"),
        ({"category": "rare"}, "knowledge_by_category"),
        ({"category": "category-3"}, ""),
        ({"tag": "rare"}, "knowledge_term"),
        ({"tag": "never"}, "knowledge_term"),
        ({"stale": "true"}, ""),
    ],
    ids=str,
)
def test_a_page_of_the_list(given, index, projects):
    with explained() as found:
        entries.page_of_entries(filters.parse(given), projects, paging.PageRequest(per_page=20))
    check(found)
    assert not index or uses(found, index)


@pytest.mark.parametrize("typed", ["word77 ", "common entry ", "wor", "never"])
@pytest.mark.parametrize("projects", [["plans-a"], list(PROJECTS)], ids=["one", "two"])
def test_a_search_reads_a_bounded_part_of_each_term(typed, projects):
    with explained() as found:
        chosen = filters.parse({"q": typed})
        entries.page_of_entries(chosen, projects, paging.PageRequest(per_page=20))
    words = len(typed.split())
    for plan, _ in found:
        assert plan.whole_tables == [], plan.sql
        reads = (words + 20) if typed == "wor" else words
        assert plan.looked_at <= 2 * (ranking.PER_TERM * len(projects) * reads + 2_000)


def test_a_search_among_few_reads_only_those():
    with explained() as found:
        chosen = filters.parse({"q": "common ", "category": "rare"})
        entries.page_of_entries(chosen, ["plans-a"], paging.PageRequest(per_page=20))
    check(found)


def test_misspellings_are_found_by_their_index():
    with explained() as found:
        spelling.corrections(["plans-a"], ["abcdefghij"])
    check(found)
    assert uses(found, "knowledge_spelling")


def test_facets_count_up_to_their_bound():
    with explained() as found:
        facets.of(filters.parse({}), ["plans-a"], None)
    for plan, _ in found:
        assert plan.looked_at <= facets.BOUND * 2, plan.sql


def test_the_oldest_stale_entries():
    rows = KnowledgeEntry.objects.filter(
        project_id="plans-a", updated_at__lt=now() - timedelta(days=7)
    ).exclude(status="archived")
    with explained() as found:
        list(rows.order_by("updated_at", "entry_id").values_list("pk")[:50])
    check(found, at_most=60)
    assert uses(found, "knowledge_stale")


def conditions(found, index: str) -> list[str]:
    """What an index was searched by, in each plan that uses it."""

    def walk(node):
        if node.get("Index Name") == index:
            yield node.get("Index Cond", "")
        for child in node.get("Plans", []):
            yield from walk(child)

    return [condition for _, text in found for condition in walk(json.loads(text))]


def test_the_most_urgent_stale_entries_are_scored_from_the_index():
    with explained() as found:
        assert stale_candidates.candidates(["plans-a"], limit=10)["total_stale"] > 50_000
    assert all(plan.whole_tables == [] for plan, _ in found)
    # Fresh entries are not looked at: the age is a condition of the index, not a filter after it.
    assert any("updated_at <" in each for each in conditions(found, "knowledge_stale"))
    assert "Index Only Scan" in found[-1][1]


_REVIEWS = """
insert into governance_governanceevent (id, project_id, event_type, subject, severity, triggered_at,
    last_seen_at, occurrences, resolved, resolved_by, resolution_note, details, impact, remediation)
  select md5('event' || source_path)::uuid, project_id, 'kb_stale', entry_id::text, 'warning',
    now(), now(), 1, false, '', '', '{}', '', ''
  from knowledge_knowledgeentry where project_id = 'plans-a' and source_path like 'path-%77';

insert into governance_dispatch (id, governance_event_id, project_id, event_type, subject,
    executor_type, dispatch_status, proposed_action, decision_context, workflow_stage, next_action,
    owner, operator_note, attempt_count, max_attempts, created_by, created_at)
  select md5('dispatch' || subject)::uuid, id, project_id, 'kb_stale', subject,
    'km_stale_owner_review', 'pending', '', '{}', '', '', 'o', '', 0, 1, '', now()
  from governance_governanceevent where event_type = 'kb_stale';

update knowledge_knowledgeentry set alertname = 'Alert' || right(source_path, 2)
 where project_id = 'plans-a' and source_path like 'path-%7';

analyze governance_dispatch, knowledge_knowledgeentry
"""


@pytest.mark.django_db
def test_the_completion_queue_reads_the_entries_of_its_reviews_only():
    with connection.cursor() as cursor:
        for statement in _REVIEWS.split(";"):
            cursor.execute(statement)
    with explained() as found:
        queue = reviews.completion_queue(["plans-a"], limit=10)
    assert queue["total"] > 500
    # Each review's entry, and the freshest of each alert.
    check(found, at_most=4 * queue["total"])
    assert uses(found, "knowledge_knowledgeentry_pkey")
    assert uses(found, "knowledge_of_alert")


def test_the_entries_of_an_incident():
    incident = Incident(project_id="plans-a", incident_id="INC-20260101-00005000")
    with explained() as found:
        assert len(ties.of_incident(incident)) == 1
    check(found, at_most=5)
    assert uses(found, "knowledge_of_incident")


def test_the_history_of_an_entry():
    entry = KnowledgeEntry.objects.filter(project_id="plans-a").first()
    with explained() as found:
        assert len(history.revisions(entry)) == 1
    check(found, at_most=5)


def test_the_metrics_read_one_day():
    with explained() as found:
        list(knowledge_metrics.entries_created())
        list(knowledge_metrics.entries())
    check(found, at_most=1_000)
    assert uses(found, "knowledge_created")
