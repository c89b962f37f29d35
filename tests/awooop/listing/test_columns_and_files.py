"""Columns: chosen per person or in the address; the file has the same, and updates keep them."""

from __future__ import annotations

import csv
import io

import pytest

import awooop.urls  # noqa: F401 - the views register their lists
from awooop.listing import registry
from awooop.models import ListPreference
from runs.models import Incident
from tests import factories

RUNS = "/awooop/runs"
HTMX = {"HX-Request": "true"}


def heads(html: str) -> list[str]:
    row = html.split("<thead>")[1].split("</thead>")[0]
    return [part.split("</th>")[0] for part in row.split("<th")[1:]]


def lines(response) -> list[list[str]]:
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))


def test_the_address_says_which_columns_are_shown(page, project):
    factories.run()
    html = page.get(RUNS, {"columns": "cost,worker"}).content.decode()
    assert [head.split(">")[1] for head in heads(html)] == ["Run", "Cost", "Worker"]
    assert html.count('data-label="Cost"') == 1
    assert 'data-label="State"' not in html


def test_columns_that_there_are_not_are_refused(page, project):
    answer = page.get(RUNS, {"columns": "cost,secrets"})
    assert answer.status_code == 422
    assert "columns" in answer.content.decode()


def test_chosen_columns_are_kept_for_the_person_and_the_address_goes_before(page, project):
    answer = page.post(
        "/awooop/views/columns",
        {"page": "runs", "columns": ["state", "steps"], "next": f"{RUNS}?q=x&columns=cost"},
    )
    assert answer["Location"] == f"{RUNS}?q=x"
    assert ListPreference.objects.get().columns == ["state", "steps"]
    assert len(heads(page.get(RUNS).content.decode())) == 3
    assert len(heads(page.get(RUNS, {"columns": "cost"}).content.decode())) == 2
    page.post("/awooop/views/columns", {"page": "runs", "reset": "1"})
    assert len(heads(page.get(RUNS).content.decode())) == 8


def test_a_foreign_address_is_not_gone_to(page, project):
    given = {"page": "runs", "columns": "state", "next": "https://evil.example/"}
    assert page.post("/awooop/views/columns", given)["Location"] == RUNS


def test_another_persons_columns_are_theirs(page, client, project):
    page.post("/awooop/views/columns", {"page": "runs", "columns": "state"})
    client.force_login(factories.user("other@example.org", awoooi="viewer"))
    assert len(heads(client.get(RUNS).content.decode())) == 8


@pytest.mark.parametrize("given", [{"page": "nowhere"}, {"page": "runs", "columns": "secrets"}])
def test_a_list_or_a_column_that_there_is_not_is_refused(page, project, given):
    assert page.post("/awooop/views/columns", given).status_code == 422


def test_the_file_has_every_field_until_columns_are_chosen(page, project):
    factories.run()
    whole = lines(page.get(RUNS, {"format": "csv"}))
    assert {"worker_id", "timeout_at", "incident_ids"} <= set(whole[0])
    some = lines(page.get(RUNS, {"format": "csv", "columns": "agent,cost"}))
    assert some[0] == ["run_id", "agent_id", "trigger_type", "trigger_ref", "cost_usd"]
    assert len(some) == 2


def test_a_title_that_looks_like_a_formula_is_text_in_the_file(page, project):
    Incident.objects.create(incident_id="INC-20261121-7QX2", project=project, title="=1+1")
    rows = lines(page.get("/awooop/incidents", {"format": "csv"}))
    assert rows[1][2] == "'=1+1"


def test_an_update_brings_the_table_alone_in_the_same_columns(page, project):
    factories.run()
    html = page.get(RUNS, {"columns": "cost"}).content.decode()
    asked = html.split('hx-get="?')[1].split('"')[0].replace("&amp;", "&")
    part = page.get(f"{RUNS}?{asked}", headers=HTMX).content.decode()
    assert "<body" not in part
    assert len(heads(part)) == 2


def test_a_form_of_filters_hands_the_columns_on(page, project):
    html = page.get(RUNS, {"columns": "cost"}).content.decode()
    form = html.split('<form class="filters"')[1].split("</form>")[0]
    assert '<input type="hidden" name="columns" value="cost">' in form


@pytest.mark.parametrize("name", [one.name for one in registry.every()])
def test_every_list_opens_and_is_a_file(client, project, name):
    client.force_login(factories.user("root@example.org", is_superuser=True))
    page = client
    known = registry.get(name)
    query = {**known.query}
    shown = page.get(known.path, query)
    assert shown.status_code == 200
    html = shown.content.decode()
    assert 'id="list-views"' in html
    rows = lines(page.get(known.path, {**query, "format": "csv"}))
    wanted = {*known.fixed, *(field for column in known.columns for field in column.in_file)}
    assert wanted <= set(rows[0]), "fields of columns that the file does not have"
    assert page.get(known.path, {**query, "format": "xml"}).status_code in (400, 422)
    for column in known.columns:
        one = page.get(known.path, {**query, "columns": column.key})
        assert one.status_code == 200


def test_a_second_list_of_a_name_is_refused():
    with pytest.raises(ValueError, match="registered already"):
        registry.register(registry.get("runs"))
