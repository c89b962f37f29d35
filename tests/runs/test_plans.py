"""At 100,000 runs no common question reads a whole table, for the first page or a deep one."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from awooop import callers, paging, tenancy
from governance import insights
from knowledge.selectors import incident_facts
from runs import finders, first_steps, status_chain
from runs.models import Approval, Execution, Incident, OutboundMessage, Run
from runs.selectors import (
    approval_history,
    approvals,
    callbacks,
    channels,
    daily,
    home,
    incidents,
    outbox,
    remediation,
    remediation_queue,
    run_detail,
    runs,
    timeline,
)
from runs.truth_chain import summary
from tests.runs import plans

pytestmark = pytest.mark.django_db

ONE = ["plans-a"]
THREE = list(plans.PROJECTS)
INCIDENT = plans.INCIDENT.format(number=20_000)
FILTERS = [
    {},
    {"state": "failed"},
    {"state": "running"},  # none
    {"agent_id": "agent-3"},
    {"agent_id": "rare-agent"},
    {"remediation_status": "blocked"},
    {"remediation_status": "no_evidence"},
    {"incident_id": INCIDENT},
    {"incident_id": "INC-20260101-NONE"},
    {"q": INCIDENT},
    {"q": "rare-agent"},
    {"q": "am:plans-a599"},
    {"q": "trigger-rare-"},
    {"q": "am:"},
    {"q": "nothing starts so"},
    {"q": "00000000-0000"},
]


@pytest.fixture(scope="module", autouse=True)
def _many(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        plans.fill()
        yield
        plans.empty()


@pytest.fixture(autouse=True)
def _in_scope(_many, db):
    with tenancy.scope(THREE):
        yield


def check(found: list[plans.Plan], at_most: int) -> None:
    assert found
    for plan in found:
        assert plan.whole_tables == [], plan.sql
        bound = paging.COUNT_BOUND + 1 if "count(" in plan.sql.lower() else at_most
        assert plan.looked_at <= bound, f"{plan.looked_at} rows: {plan.sql}"


def cursor_in_the_middle(ordering: paging.Ordering, row) -> str:
    return paging._cursor(ordering, [row], last=True)


@pytest.mark.parametrize("projects", [ONE, THREE], ids=["one", "three"])
@pytest.mark.parametrize("given", FILTERS, ids=str)
def test_a_list_of_runs(given, projects):
    middle = Run.objects.filter(project_id="plans-a").order_by("created_at", "pk")[20_000:20_001]
    deep = cursor_in_the_middle(runs.NEWEST, middle.get())
    for cursor in (None, deep):
        with plans.explained() as found:
            filters = runs.parse_filters(given)
            page = runs.page_of_runs(filters, projects, paging.PageRequest(cursor=cursor))
            remediation.summaries(page.items)
        check(found, at_most=1_500)


@pytest.mark.parametrize("projects", [ONE, THREE], ids=["one", "three"])
@pytest.mark.parametrize(
    "text",
    ["00ab", "am:", "am:plans-a599", "rare-agent", "INC-20260101", "t", "no such words", "agent-3"],
)
def test_what_the_palette_finds(text, projects):
    caller = callers.system("tests", projects)
    with plans.explained() as found:
        for find in (finders.runs, finders.incidents, finders.approvals, finders.calls):
            find(caller, projects, text)
    check(found, at_most=len(projects) * finders.AMONG + 1_000)


@pytest.mark.parametrize("projects", [ONE, THREE], ids=["one", "three"])
@pytest.mark.parametrize(
    "given",
    [
        {},
        {"channel_type": "telegram"},
        {"channel_type": "smoke"},
        {"provider_prefix": "am:plans-a149"},
        {"provider_prefix": "am:"},
        {"provider_prefix": "nothing"},
    ],
    ids=str,
)
def test_a_list_of_channel_events(given, projects):
    with plans.explained() as found:
        channels.page_of_events(channels.parse_filters(given), projects, paging.PageRequest())
    check(found, at_most=1_500)


@pytest.mark.parametrize("projects", [ONE, THREE], ids=["one", "three"])
@pytest.mark.parametrize(
    "given",
    [
        {},
        {"callback_reply_status": "sent"},
        {"callback_reply_status": "failed"},
        {"callback_reply_status": "queued"},  # none
        {"incident_id": plans.INCIDENT.format(number=500)},
        {"incident_id": "INC-20260101-NONE"},
    ],
    ids=str,
)
def test_a_list_of_callback_replies(given, projects):
    rows = OutboundMessage.objects.filter(project_id="plans-a", message_type="callback_reply")
    middle = rows.order_by("queued_at", "pk")[1_500]
    for cursor in (None, cursor_in_the_middle(callbacks.NEWEST, middle)):
        with plans.explained() as found:
            filters = callbacks.parse_filters(given)
            callbacks.page_of_replies(filters, projects, paging.PageRequest(cursor=cursor))
        check(found, at_most=1_500)


@pytest.mark.parametrize("end", ["start", "end"])
def test_a_long_runs_timeline(end):
    run = Run.objects.get(pk=plans.long_run_id(), project_id="plans-a")
    incidents = runs.linked_incidents([run])[run.pk]
    with plans.explained() as found:
        page = timeline.page_of_timeline(run, incidents, end=end)
        cursor = page.next_cursor or page.prev_cursor
        timeline.page_of_timeline(run, incidents, cursor=cursor)
    check(found, at_most=1_500)


def test_what_stands_open_on_the_home_page():
    with plans.explained() as found:
        home.standing(THREE)
    check(found, at_most=100)


def test_a_project_without_a_run_does_not_look_through_those_of_others():
    """Its first steps are asked for on each view of its home page."""
    with tenancy.scope([*THREE, "plans-none"]), plans.explained() as found:
        assert not home.standing(["plans-none"])["has_runs"]
        assert not first_steps.of(["plans-none"])[3].is_done
    check(found, at_most=10)


def test_the_evidence_of_a_run():
    run = Run.objects.filter(project_id="plans-b", agent_id="rare-agent").first()
    linked = runs.linked_incidents([run])[run.pk]
    with plans.explained() as found:
        run_detail.detail(run, linked)
    check(found, at_most=200)


@pytest.mark.parametrize("count", [8, 100])
def test_the_status_chains_of_incidents(count):
    keys = [
        (project, plans.INCIDENT.format(number=number))
        for number in range(2_000, 2_000 + count)
        for project in THREE
    ]
    with plans.explained() as found:
        status_chain.of(keys)
    check(found, at_most=30 * len(keys))


@pytest.mark.parametrize("count", [1, 200])
def test_what_the_drafts_of_resolved_incidents_tell(count):
    """A sweep asks for two hundred at once."""
    asked = [
        Incident(incident_id=plans.INCIDENT.format(number=number), project_id="plans-a")
        for number in range(2_000, 2_000 + count)
    ]
    with plans.explained() as found:
        facts = incident_facts.of_incidents(asked)
    assert all(facts[incident.pk].runs for incident in asked)
    check(found, at_most=60 * count)


@pytest.mark.parametrize("projects", [ONE, THREE], ids=["one", "three"])
def test_what_verification_found_wrong(projects):
    with plans.explained() as found:
        queue = remediation_queue.queue(projects, limit=50)
    assert queue["total"] == remediation_queue.COUNT_AT_MOST
    # Each looks at its evidence, and for that at whether a success followed and at what was tried.
    check(found, at_most=5 * remediation_queue.COUNT_AT_MOST * len(projects))


@pytest.mark.parametrize("projects", [ONE, THREE], ids=["one", "three"])
@pytest.mark.parametrize("given", [{}, {"status": "open"}, {"status": "resolved"}], ids=str)
def test_a_list_of_incidents(given, projects, monkeypatch):
    monkeypatch.setattr(plans, "GROWING", plans.FILLED)
    with plans.explained() as found:
        page = incidents.newest(projects, request=paging.PageRequest(), **given)
    assert page.items
    check(found, at_most=2_000)


@pytest.mark.parametrize("projects", [ONE, THREE], ids=["one", "three"])
def test_what_was_not_delivered(projects):
    with plans.explained() as found:
        assert outbox.undelivered(outbox.OutboxFilters(), projects, paging.PageRequest()).items
        outbox.count_undelivered(projects)
    check(found, at_most=500)


@pytest.mark.parametrize("projects", [ONE, THREE], ids=["one", "three"])
def test_what_waits_for_a_decision(projects):
    with plans.explained() as found:
        approvals.waiting(projects, request=paging.PageRequest())
        approvals.count_waiting(projects)
        approvals.most_urgent(projects, at_most=5)
    check(found, at_most=200)


@pytest.mark.parametrize("projects", [ONE, THREE], ids=["one", "three"])
def test_the_truth_chains_of_the_latest_incidents(projects):
    with plans.explained() as found:
        assert summary.measure(projects, limit=8)
    check(found, at_most=500)


@pytest.mark.parametrize("projects", [ONE, THREE], ids=["one", "three"])
@pytest.mark.parametrize("outcome", [None, "approved", "rejected", "expired"])
def test_the_history_of_approvals(outcome, projects):
    for cursor in (None, "deep"):
        if cursor:
            middle = Approval.objects.filter(project_id="plans-a").order_by(
                *approval_history.HISTORY.order_by()
            )[2_500]
            cursor = cursor_in_the_middle(approval_history.HISTORY, middle)
        with plans.explained() as found:
            asked = paging.PageRequest(cursor=cursor)
            approval_history.history(
                projects, request=asked, filters=approval_history.Filters(outcome=outcome)
            )
        check(found, at_most=1_500)


def whole_tables_read() -> dict[str, int]:
    """Scans of whole tables in this transaction, by the triggers of foreign keys, too."""
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate; set constraints all deferred")
        cursor.execute("select relname, seq_scan from pg_stat_xact_user_tables")
        return {name: scans for name, scans in cursor.fetchall() if name in plans.GROWING}


@pytest.mark.parametrize("model", [Run, Execution, OutboundMessage], ids=lambda each: each.__name__)
def test_a_deletion_finds_what_refers_to_it_without_reading_a_whole_table(model):
    doomed = model.objects.filter(project_id="plans-a").order_by("pk")[:100]
    keys = list(doomed.values_list("pk", flat=True))
    before = whole_tables_read()
    model.objects.filter(project_id="plans-a", pk__in=keys).delete()
    assert whole_tables_read() == before


@pytest.mark.parametrize("projects", [ONE, THREE], ids=["one", "three"])
def test_the_charts_read_their_days_only(projects):
    given = {"since": "2026-01-03", "until": "2026-01-03"}
    days = insights.parse(given, ZoneInfo("UTC")).params
    with plans.explained() as found:
        daily.runs(projects, days)
        daily.approvals(projects, days)
    assert len(found) == 2
    made = len(projects) * 86_400 // 7 + 1
    for plan in found:
        assert plan.whole_tables == [], plan.sql
        assert plan.looked_at <= made, f"{plan.looked_at} rows: {plan.sql}"
