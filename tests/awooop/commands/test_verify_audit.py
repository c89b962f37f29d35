from __future__ import annotations

import json

from django.db import connection

from awooop import callers
from awooop.actions import audit


def _append(count: int = 3) -> None:
    entries = [audit.Entry("test.done", "thing", str(n)) for n in range(count)]
    by = callers.system("tests", ["awoooi"])
    audit.append_many(project_id="awoooi", by=by, entries=entries)


def _as_owner(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")
        cursor.execute("alter table awooop_auditrecord disable trigger audit_append_only")
        cursor.execute(statement)


def test_whole_chains_are_a_success(project, other_project, command):
    _append()
    ran = command("verify_audit")
    assert ran.code == 0
    assert ran.out.splitlines() == ["awoooi: 4 records, whole", "other: 1 records, whole"]


def test_a_broken_link_is_named_and_a_failure(project, other_project, command):
    _append()
    _as_owner("update awooop_auditrecord set actor = 'else' where seq = 3")
    ran = command("verify_audit")
    assert ran.code == 1
    assert "awoooi: BROKEN at record 3: its content does not match its hash" in ran.out
    assert "other: 1 records, whole" in ran.out


def test_one_project_may_be_asked_for(project, other_project, command):
    chains = command("verify_audit", "--project", "other", "--json").json["chains"]
    assert [chain["project_id"] for chain in chains] == ["other"]


def test_an_unknown_project_is_a_failure(project, command):
    ran = command("verify_audit", "--project", "nowhere")
    assert (ran.code, ran.error) == (1, "There is no project nowhere.")


def test_an_end_cut_off_with_its_head_shows_against_an_earlier_report(project, command, tmp_path):
    _append()
    anchors = tmp_path / "anchors.json"
    anchors.write_text(command("verify_audit", "--json").out)
    _append(1)
    assert command("verify_audit", "--anchors", str(anchors)).code == 0
    _as_owner("delete from awooop_auditrecord where seq > 2")
    _as_owner(
        "update awooop_audithead set seq = 2,"
        " hash = (select hash from awooop_auditrecord where seq = 2)"
    )
    assert command("verify_audit").code == 0
    ran = command("verify_audit", "--anchors", str(anchors), "--json")
    assert ran.code == 1
    assert ran.json["chains"][0]["broken_at"] == 4


def test_a_project_that_is_gone_shows_against_an_earlier_report(project, command, tmp_path):
    anchors = tmp_path / "anchors.json"
    chain = {"project_id": "gone", "seq": 4, "hash": "0" * 64}
    anchors.write_text(json.dumps({"chains": [chain]}))
    assert command("verify_audit", "--anchors", str(anchors)).code == 1


def test_what_is_no_report_is_refused(project, command, tmp_path):
    anchors = tmp_path / "anchors.json"
    anchors.write_text("[]")
    ran = command("verify_audit", "--anchors", str(anchors))
    assert (ran.code, ran.error.partition(":")[0]) == (1, "anchors")
