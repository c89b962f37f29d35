"""Rows that are drawn in Python: escaped for certain, in the columns that the reader chose."""

from __future__ import annotations

import pytest
from django.test import RequestFactory
from django.utils.safestring import SafeString

from awooop.listing.table import Cell, Shown, Table, below, opened
from runs.models import Incident, McpCall
from runs.views import list_rows
from tests import factories

EVIL = '"><script>alert(1)</script>'
TABLE = Table(
    "thing",
    lambda row: row["id"],
    (
        Cell("", "Name", lambda row, _shown: row["name"], "cell-name"),
        Cell("project", "Project", lambda row, _shown: "p"),
        Cell("size", "Size", lambda row, _shown: row["size"], is_number=True),
    ),
)


def shown(projects: int = 1, **columns: bool) -> Shown:
    return Shown(RequestFactory().get("/"), columns, projects)


def test_what_a_cell_says_is_escaped_and_what_was_made_safe_is_not():
    rows = [{"id": EVIL, "name": EVIL, "size": SafeString("<b>1</b>")}]
    html = TABLE.rows(shown(size=True), rows)
    assert "<script" not in html
    assert 'id="thing-&quot;&gt;' in html
    assert "<b>1</b>" in html


def test_headings_and_cells_are_those_of_the_columns_that_are_shown():
    row = {"id": 1, "name": "n", "size": 2}
    assert TABLE.head(shown(size=True)) == '<th>Name</th><th class="num">Size</th>'
    assert 'class="num" data-label="Size"' in TABLE.rows(shown(size=True), [row])
    assert "Size" not in TABLE.rows(shown(), [row])


def test_the_project_is_shown_to_those_who_see_more_than_one():
    assert "Project" not in TABLE.head(shown(projects=1, project=True))
    assert "Project" in TABLE.head(shown(projects=2, project=True))


def test_links_and_small_words_are_escaped():
    assert "<script" not in shown().link("agent_id", EVIL)
    assert "<script" not in below(EVIL)
    assert "<script" not in opened("incident-detail", "INC-20261121-7QX2", EVIL)
    assert below("") == below(None) == ""


@pytest.mark.parametrize("path", ["/awooop/runs", "/awooop/incidents", "/awooop/gateway"])
def test_text_from_outside_stays_text_in_every_list(page, project, path):
    run = factories.run(agent_id=EVIL, error_code=EVIL, worker_id=EVIL, state="failed")
    Incident.objects.create(
        incident_id="INC-20261121-7QX2", project_id="awoooi", title=EVIL, source=EVIL
    )
    McpCall.objects.create(
        project_id="awoooi", run=run, agent_id=EVIL, tool_name=EVIL, result_status="blocked",
        block_gate=EVIL[:32], block_reason=EVIL, gate_result={"required_scope": EVIL},
    )  # fmt: skip
    html = page.get(path).content.decode()
    assert "&lt;script&gt;alert(1)" in html
    assert "<script>alert" not in html


def test_every_column_of_a_list_is_drawn():
    from runs import lists

    for table, listing in (
        (list_rows.RUNS, lists.RUNS),
        (list_rows.INCIDENTS, lists.INCIDENTS),
        (list_rows.CALLS, lists.CALLS),
    ):
        assert {cell.key for cell in table.cells} - {""} == set(listing.keys)
