"""One incident, bundled: what is in it, for whom, and that a stranger verifies it."""

from __future__ import annotations

import io
import json
import zipfile

import pytest

from awooop import callers
from awooop.actions import audit
from awooop.audit_proof.offline import verify
from awooop.errors import NotAllowed, NotFound
from awooop.models import AuditRecord
from runs.actions import approvals, incident_bundles
from runs.models import Incident, RunIncident
from tests import factories
from tests.awooop.commands.conftest import run as run_command

BY = callers.system("tests", ["awoooi"])


@pytest.fixture
def incident(key):
    """An incident with a run and a decision, and a record of another matter in between."""
    made = Incident.objects.create(
        incident_id="INC-20261121-AAAA", project_id="awoooi", title="Disk full"
    )
    approval = factories.waiting(key, run_values={"trigger_ref": made.pk})
    approval.incident_id = made.pk
    approval.save()
    RunIncident.objects.get_or_create(
        project_id="awoooi", run_id=approval.run_id, incident_id=made.pk
    )
    other = audit.Entry("test.else", "thing", "1", {"text": "not yours to read"})
    audit.append(project_id="awoooi", by=BY, entry=other)
    operator = factories.caller_of_user(factories.user("o@example.org", awoooi="operator"))
    approvals.decide(
        by=operator, approval_id=approval.pk, decision="approve", reason="token=hunter2hunter2"
    )
    return made


def _files(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_a_stranger_verifies_the_whole_story(incident, tmp_path, capsys):
    made = incident_bundles.bundle(by=BY, project_id="awoooi", incident_id=incident.pk)
    path = tmp_path / made.name
    path.write_bytes(made.file.read())
    assert verify.main([str(path)]) == 0
    assert f"incident_bundle of {incident.pk}, project awoooi" in capsys.readouterr().out
    files = _files(path.read_bytes())
    rows = {name: json.loads(data) for name, data in files.items() if name.endswith(".json")}
    assert rows["incident.json"][0]["title"] == "Disk full"
    assert [row["decision"] for row in rows["votes.json"]] == ["approve"]
    assert len(rows["runs.json"]) == len(rows["approvals.json"]) == len(rows["tokens.json"]) == 1
    assert {row["stage"] for row in rows["status_chain.json"]} >= {"decision"}
    actions = [json.loads(line)["action"] for line in files["audit/records.jsonl"].splitlines()]
    assert "run.approval.approve" in actions
    assert "test.else" not in actions
    assert b"not yours to read" not in b"".join(files.values())


def test_that_it_was_taken_is_on_record(incident):
    incident_bundles.bundle(by=BY, project_id="awoooi", incident_id=incident.pk)
    record = AuditRecord.objects.order_by("-seq").first()
    assert (record.action, record.resource_type, record.resource_id) == (
        "incident_bundle.export",
        "incident",
        incident.pk,
    )


def test_an_incident_that_nobody_acted_on_has_a_bundle_too(project, tmp_path):
    Incident.objects.create(incident_id="INC-20261121-BBBB", project_id="awoooi", title="Quiet")
    made = incident_bundles.bundle(by=BY, project_id="awoooi", incident_id="INC-20261121-BBBB")
    path = tmp_path / "quiet.zip"
    path.write_bytes(made.file.read())
    assert verify.main([str(path)]) == 0


def test_what_is_beyond_the_bound_is_counted(incident, monkeypatch):
    monkeypatch.setattr(incident_bundles, "AT_MOST", 0)
    made = incident_bundles.bundle(by=BY, project_id="awoooi", incident_id=incident.pk)
    manifest = json.loads(_files(made.file.read())["manifest.json"])
    assert manifest["rows_left_out"]["runs"] == 1


def test_who_may_not_is_refused(incident):
    viewer = factories.caller_of_user(factories.user("v@example.org", awoooi="viewer"))
    with pytest.raises(NotAllowed):
        incident_bundles.bundle(by=viewer, project_id="awoooi", incident_id=incident.pk)
    with pytest.raises(NotFound):
        incident_bundles.bundle(by=BY, project_id="awoooi", incident_id="INC-20261121-ZZZZ")


def test_page_operation_and_command_hand_it_out(incident, page, api, tmp_path):
    answers = [
        page.post(f"/awooop/incidents/{incident.pk}/bundle"),
        api.post(f"/platform/incidents/{incident.pk}/bundle"),
    ]
    for answer in answers:
        assert answer["Content-Type"] == "application/zip"
        assert "manifest.sig" in _files(b"".join(answer.streaming_content))
    assert "Bundle with proof" in page.get(f"/awooop/incidents/{incident.pk}").content.decode()
    path = tmp_path / "out.zip"
    ran = run_command("incident_bundle", incident.pk, "--project", "awoooi", "--out", str(path))
    assert (ran.code, path.exists()) == (0, True)
