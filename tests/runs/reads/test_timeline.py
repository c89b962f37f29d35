"""A run's timeline: order, kinds, paging from both ends, cursors."""

from __future__ import annotations

import pytest
from django.utils import translation

from awooop import clock, tenancy
from awooop.errors import Invalid
from runs.models import Run
from runs.selectors import timeline
from runs.selectors.runs import linked_incidents
from tests import factories
from tests.runs.reads import rows


def read(run, **values):
    return timeline.page_of_timeline(run, linked_incidents([run])[run.run_id], **values)


def told(page):
    return [(item["kind"], item["title"], item["status"]) for item in page.items]


@pytest.fixture
def run(project):
    with clock.set_to(rows.at(0)):
        made = factories.run(trigger_ref=f"am:1 {rows.INCIDENT}")
    return Run.objects.get(pk=made.pk)


def ended(run, **values):
    for name, value in {"state": "completed", "started_at": rows.at(2),
                        "completed_at": rows.at(90), **values}.items():  # fmt: skip
        setattr(run, name, value)
    run.save()


def test_every_kind_of_record_is_merged_in_time_order(run):
    ended(run)
    rows.event(provider_event_id=run.trigger_ref, received_at=rows.at(-1))
    rows.event(run=run, provider_event_id="more", is_duplicate=True, received_at=rows.at(1))
    rows.step(run, 3, tool_name="k8s.logs")
    rows.call(run, created_at=rows.at(4), result_status="blocked", block_gate="scope")
    rows.legacy(success=False, created_at=rows.at(5))
    rows.message(run, queued_at=rows.at(6), content_preview="[AWOOOI CI/CD] built",
                 send_status="sent")  # fmt: skip
    rows.step(run, 7, tool_name="operator_console.approve", summary="approver=a")
    rows.item(mode="execute", writes_incident_state=True, created_at=rows.at(8))
    assert told(read(run)) == [
        ("inbound", "Message from alertmanager", None),
        ("run", "Run created", None),
        ("inbound", "Message from alertmanager", "duplicate"),
        ("run", "Run started", None),
        ("step", "k8s.logs", "success"),
        ("mcp", "MCP: k8s.get", "blocked"),
        ("mcp", "Legacy MCP: k8s/get_pods", "failed"),
        ("outbound", "CI/CD notice", "sent"),
        ("approval", "Approved by an operator", "approved"),
        ("remediation", "Remediation: execution", "write_observed"),
        ("run", "Run ended", "completed"),
    ]


def test_an_item_tells_what_the_row_knows(run):
    rows.call(run, created_at=rows.at(4), block_reason="no contract", latency_ms=12,
              gate_result={"policy_enforced": False, "required_scope": "read"})  # fmt: skip
    (item,) = read(run, kinds=["mcp"]).items
    assert item["ts"] == rows.at(4)
    assert item["summary"] == "no contract"
    assert item["metadata"]["latency_ms"] == 12
    assert item["metadata"]["policy_enforced"] is False
    assert item["metadata"]["is_shadow"] is None


@pytest.mark.parametrize("gate_result", [[], "text", 7, {"policy_enforced": "maybe"}])
def test_a_gate_result_of_any_shape_is_borne(run, gate_result):
    rows.call(run, gate_result=gate_result)
    assert len(read(run, kinds=["mcp"]).items) == 1


def test_an_event_found_by_the_runs_trigger_is_there_once(run, project):
    event = rows.event(provider_event_id="x", received_at=rows.at(1))
    rows.event(run=run, provider_event_id="x", is_duplicate=True, received_at=rows.at(2))
    run.trigger_ref = str(event.event_id)
    run.save()
    assert [item["ts"] for item in read(run, kinds=["inbound"]).items] == [rows.at(1), rows.at(2)]
    run.trigger_ref = "x"
    run.save()
    assert [item["ts"] for item in read(run, kinds=["inbound"]).items] == [rows.at(1), rows.at(2)]


@pytest.fixture
def long_run(run):
    """A run of 250 items of three kinds, several of one moment, besides its creation."""
    for number in range(125):
        rows.step(run, number, created_at=rows.at(number // 3))
    for number in range(75):
        rows.call(run, created_at=rows.at(number // 2))
    for number in range(50):
        rows.legacy(created_at=rows.at(number))
    return run


def walk(run, way, page):
    pages = [page]
    while cursor := getattr(page, f"{way}_cursor"):
        page = read(run, cursor=cursor)
        pages.append(page)
    return pages


def key_of(item):
    names = ("step_id", "call_id", "id", "run_id")
    return next(item["metadata"][name] for name in names if name in item["metadata"])


def test_a_long_run_is_read_whole_from_its_start(long_run):
    pages = walk(long_run, "next", read(long_run))
    assert [len(page.items) for page in pages] == [100, 100, 51]
    items = [item for page in pages for item in page.items]
    assert len({key_of(item) for item in items}) == 251
    assert [item["ts"] for item in items] == sorted(item["ts"] for item in items)
    assert pages[0].prev_cursor is None


def test_a_long_run_is_read_whole_from_its_end(long_run):
    forwards = [item for page in walk(long_run, "next", read(long_run)) for item in page.items]
    pages = walk(long_run, "prev", read(long_run, end="end"))
    assert [len(page.items) for page in pages] == [100, 100, 51]
    assert [item for page in reversed(pages) for item in page.items] == forwards
    assert pages[0].next_cursor is None


def test_going_on_and_back_gives_the_same_page(long_run):
    first = read(long_run)
    second = read(long_run, cursor=first.next_cursor)
    assert read(long_run, cursor=second.prev_cursor).items == first.items


def test_a_cursor_is_stable_while_items_are_added(long_run):
    first = read(long_run)
    second = read(long_run, cursor=first.next_cursor).items
    rows.step(long_run, 900, created_at=rows.at(-50))
    rows.step(long_run, 901, created_at=rows.at(900))
    assert read(long_run, cursor=first.next_cursor).items == second


def test_kinds_narrow_it(long_run):
    assert {item["kind"] for item in read(long_run, kinds=["step"]).items} == {"step"}
    some = read(long_run, kinds=["run", "mcp"], end="end").items
    assert {item["kind"] for item in some} == {"mcp"}
    assert len(some) == 100


@pytest.mark.parametrize("values", [{"kinds": ["noise"]}, {"end": "middle"}, {"cursor": "x"}])
def test_a_wrong_value_is_refused(run, values):
    with pytest.raises(Invalid):
        read(run, **values)


def test_the_cursor_of_another_run_is_refused(long_run):
    cursor = read(long_run).next_cursor
    with pytest.raises(Invalid, match="cursor"):
        read(factories.run(), cursor=cursor)


def test_titles_are_translated(run):
    with translation.override("zh-hant"):
        titles = [item["title"] for item in read(run).items]
    assert len(titles) == 1  # the catalogue decides the words; that it is asked is what counts
    assert isinstance(titles[0], str)


def test_another_projects_records_of_the_same_incident_are_not_told(run, other_project):
    with tenancy.scope(["other"]):
        rows.item(project_id="other")
        rows.legacy(project_id="other")
        rows.event("other", provider_event_id=run.trigger_ref)
    with tenancy.scope(["awoooi", "other"]):
        assert [item["title"] for item in read(run).items] == ["Run created"]


def test_a_page_is_one_statement(long_run, django_assert_num_queries):
    with django_assert_num_queries(1):
        timeline.page_of_timeline(long_run, [rows.INCIDENT])
