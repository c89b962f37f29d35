"""The page of the audit record: its filters, its check of each link, who reads it, its files."""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from awooop import audit_reads, callers, clock, tenancy
from awooop.actions import audit
from awooop.actions.audit import Entry
from awooop.models import AuditRecord
from tests import factories

AUDIT = "/awooop/audit"


def record(action: str = "run.cancel", ident: str = "r1", project_id: str = "awoooi", **values):
    by = values.pop("by", callers.system("tests", [project_id]))
    kind = values.pop("kind", "run")
    entry = Entry(action, kind, ident, values)
    made = audit.append(project_id=project_id, by=by, entry=entry)
    # Appended records are not read back: their row's id is the database's to tell.
    return AuditRecord.objects.filter(project_id=project_id, seq=made.seq).first() or made


def shown(client, **query) -> str:
    response = client.get(AUDIT, query)
    assert response.status_code == 200
    return response.content.decode().split("<tbody>")[1].split("</tbody>")[0]


def test_records_tell_who_did_what_to_which_object_and_hold(page, project, operator):
    incident = "INC-20261121-7QX2"
    by = factories.caller_of_user(operator)
    made = record("incident.resolve", incident, kind="incident", by=by, why="cleared")
    html = shown(page, object=f"incident:{incident}")
    assert operator.email in html
    assert f'href="/awooop/incidents/{incident}"' in html
    assert "cleared" in html
    assert "Holds" in html
    assert f"#{made.seq} / {made.seq}" in html


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"action": "run.cancel"}, {"r1", "r2"}),
        ({"object": "run:r2"}, {"r2"}),
        ({"actor": "nightly"}, {"r3"}),
        ({"action": "run.create", "actor": "tests"}, set()),
    ],
)
def test_filters(page, project, query, expected):
    record(ident="r1")
    record(ident="r2")
    record("run.create", "r3", by=callers.system("nightly", ["awoooi"]))
    html = shown(page, **query)
    assert {ident for ident in ("r1", "r2", "r3") if f'data-copy="{ident}"' in html} == expected


def test_a_period_is_of_days_in_the_readers_zone_the_last_one_included(page, project, monkeypatch):
    at = clock.now().replace(year=2026, month=3, day=2, hour=15, minute=30)  # 23:30 in Taipei
    for days, ident in ((-1, "before"), (0, "on"), (1, "after")):
        monkeypatch.setattr(audit, "now", lambda days=days: at + timedelta(days=days))
        record(ident=ident)
    html = shown(page, since="2026-03-02", until="2026-03-02")
    assert 'data-copy="on"' in html
    assert 'data-copy="before"' not in html
    assert 'data-copy="after"' not in html


@pytest.mark.parametrize(
    "bad",
    [{"object": "nonsense"}, {"since": "yesterday"}, {"until": "2026-02-31"}, {"seq": "x"},
     {"actor": "x" * 255}],
)  # fmt: skip
def test_what_makes_no_sense_is_refused_at_its_field(page, project, bad):
    response = page.get(AUDIT, bad)
    assert response.status_code == 422


def test_an_altered_record_is_said_to_be_broken_and_so_is_its_successor(page, project):
    first, second = record(ident="r1"), record(ident="r2")
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")
        cursor.execute("alter table awooop_auditrecord disable trigger user")
        cursor.execute("update awooop_auditrecord set actor = 'nobody' where id = %s", [first.pk])
    assert "Broken" in shown(page, project_id="awoooi", seq=first.seq)
    assert "Holds" in shown(page, project_id="awoooi", seq=second.seq)
    with connection.cursor() as cursor:
        cursor.execute("delete from awooop_auditrecord where id = %s", [first.pk])
    html = shown(page, project_id="awoooi", seq=second.seq)
    assert f"record {first.seq} is missing" in html


def test_one_record_has_a_permalink_with_its_facts_open(page, project):
    made = record(why="because")
    html = shown(page, project_id="awoooi", seq=made.seq)
    assert f'id="details-{made.pk}" open' in html
    assert made.hash in html


def test_only_who_may_reads_it(client, project):
    client.force_login(factories.user("v@example.org", awoooi="viewer"))
    assert client.get(AUDIT).status_code == 403
    assert f'href="{AUDIT}"' not in client.get("/awooop/runs").content.decode()


def test_of_several_projects_only_those_where_one_may_are_read(client, other_project):
    record(ident="mine")
    with tenancy.scope(["other"]):
        record(ident="theirs", project_id="other")
    account = factories.user("x@example.org", awoooi="operator", other="viewer")
    client.force_login(account)
    html = shown(client)
    assert 'data-copy="mine"' in html
    assert 'data-copy="theirs"' not in html
    assert client.get(AUDIT, {"project_id": "other"}).status_code == 403


def test_another_projects_records_are_not_there(page, other_project):
    with tenancy.scope(["other"]):
        record(ident="of-the-other", project_id="other")
    assert "of-the-other" not in shown(page)
    assert page.get(AUDIT, {"project_id": "other"}).status_code == 404


def test_the_files_have_what_is_shown(page, project):
    made = record(ident="=r1")
    record("run.create", "r2")
    query = {"action": "run.cancel"}
    text = b"".join(page.get(AUDIT, {**query, "format": "csv"}).streaming_content)
    rows = list(csv.DictReader(io.StringIO(text.decode("utf-8-sig"))))
    assert [(row["resource_id"], row["hash"]) for row in rows] == [("'=r1", made.hash)]
    lines = b"".join(page.get(AUDIT, {**query, "format": "json"}).streaming_content).splitlines()
    assert [json.loads(line)["resource_id"] for line in lines] == ["=r1"]


def test_the_actions_to_choose_from_are_those_on_record(page, project):
    record("run.cancel")
    found = audit_reads.actions(["awoooi"])
    assert {"run.cancel", "project.create"} <= set(found)
    assert found == sorted(set(found))


def test_more_records_cost_no_more_statements(page, project):
    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            page.get(AUDIT)
        # the savepoints are the test's own
        return sum("SAVEPOINT" not in one["sql"] for one in queries.captured_queries)

    record()
    page.get(AUDIT)
    before = count()
    for number in range(10):
        record(ident=f"r{number}")
    assert count() == before <= 20


@pytest.mark.parametrize(
    "given",
    [{}, {"actor": "tests"}, {"actor": "nobody"}, {"action": "run.cancel"}, {"action": "none"},
     {"object": "run:r1"}, {"since": "2026-01-01"}],
)  # fmt: skip
def test_each_filter_is_served_by_an_index(project, given):
    by = callers.system("tests", ["awoooi"])
    entries = [Entry("run.create", "run", f"r{number}") for number in range(3_000)]
    audit.append_many(project_id="awoooi", by=by, entries=entries)
    with connection.cursor() as cursor:
        cursor.execute("analyze awooop_auditrecord")
    rows = audit_reads.filtered(audit_reads.parse_filters(given)).filter(project_id="awoooi")
    rows = rows.order_by(*audit_reads.NEWEST.order_by())[:51]
    plan = rows.explain(analyze=False)
    assert "Seq Scan" not in plan, plan
    assert AuditRecord.objects.count() > 3_000
