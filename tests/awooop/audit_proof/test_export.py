"""Exports, and what a stranger finds out about them with the script that is inside."""

from __future__ import annotations

import base64
import csv
import io
import json
import shutil
import subprocess
import sys
import zipfile
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from awooop import audit_keys, callers, clock
from awooop.actions import audit_exports
from awooop.audit_proof import documents
from awooop.audit_proof.archive import Archive
from awooop.audit_proof.offline import verify
from awooop.errors import Conflict, Invalid, NotAllowed, NotFound
from awooop.models import AuditAnchor, AuditRecord
from tests import factories

BY = callers.system("tests", ["awoooi"])


def _export(**values) -> audit_exports.Exported:
    at = clock.now()
    period = {"since": at - timedelta(days=1), "until": at + timedelta(days=1)}
    return audit_exports.export(by=BY, project_id="awoooi", **{**period, **values})


@pytest.fixture
def archive(anchored, tmp_path):
    """An export of the twelve records of awoooi, as a file."""
    path = tmp_path / "export.zip"
    path.write_bytes(_export().file.read())
    return path


@pytest.fixture
def change(archive, tmp_path):
    """Write the archive anew with some files changed, and the manifest signed by nobody again."""

    def run(**files: bytes | None):
        with zipfile.ZipFile(archive) as old:
            kept = {name: old.read(name) for name in old.namelist()}
        for name, data in files.items():
            kept[name] = data
        target = tmp_path / "changed.zip"
        with zipfile.ZipFile(target, "w") as new:
            for name, data in kept.items():
                if data is not None:
                    new.writestr(name, data)
        return target

    return run


def _read(path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_a_stranger_verifies_it_with_nothing_but_python(archive, tmp_path):
    with zipfile.ZipFile(archive) as opened:
        opened.extractall(tmp_path / "unpacked")
    ran = subprocess.run(
        [sys.executable, "-I", "-S", "verify.py"],
        cwd=tmp_path / "unpacked",
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.returncode, ran.stdout.splitlines()[0]) == (0, "VERIFIED"), ran.stdout + ran.stderr
    assert audit_keys.current().fingerprint in ran.stdout
    assert "audit records 1 to 12: 12 here, 0 of other matters" in ran.stdout
    assert "3 anchors of the time agree" in ran.stdout


@pytest.mark.needs_program("openssl")
def test_the_manifest_is_verified_by_openssl_too(archive, tmp_path):
    files = _read(archive)
    for name in ("manifest.json", "public_key.pem"):
        (tmp_path / name).write_bytes(files[name])
    (tmp_path / "raw").write_bytes(base64.b64decode(files["manifest.sig"]))
    command = (
        "openssl pkeyutl -verify -pubin -inkey public_key.pem -rawin -in manifest.json -sigfile raw"
    )
    assert shutil.which("openssl")
    ran = subprocess.run(command.split(), cwd=tmp_path, capture_output=True, check=False)
    assert ran.returncode == 0, ran.stderr


def test_the_records_are_there_as_json_and_as_csv(archive):
    files = _read(archive)
    records = [json.loads(line) for line in files["audit/records.jsonl"].splitlines()]
    table = list(csv.DictReader(io.StringIO(files["audit/records.csv"].decode("utf-8-sig"))))
    stored = list(AuditRecord.objects.filter(seq__lte=12).order_by("seq"))
    assert [record["hash"] for record in records] == [record.hash for record in stored]
    assert [row["action"] for row in table] == [record.action for record in stored]


def test_that_it_was_taken_is_on_record(archive):
    record = AuditRecord.objects.order_by("-seq").first()
    assert (record.action, record.details["records"]) == ("audit.export", 12)


@pytest.mark.parametrize(
    "name",
    [
        "audit/records.jsonl",
        "audit/records.csv",
        "audit/anchors.jsonl",
        "README.md",
        "manifest.json",
    ],
)
def test_a_changed_file_is_found(archive, change, name, capsys):
    data = _read(archive)[name]
    assert verify.main([str(change(**{name: data.replace(b"1", b"2", 1)}))]) == 1
    assert "NOT VERIFIED" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["audit/records.jsonl", "manifest.json", "manifest.sig"])
def test_a_missing_file_is_found(change, name):
    assert verify.main([str(change(**{name: None}))]) == 1


def test_a_file_that_was_added_is_found(change):
    assert verify.main([str(change(**{"more.txt": b"believe me"}))]) == 1


def test_another_signer_is_found_by_the_fingerprint(archive):
    ours = audit_keys.current().fingerprint
    assert verify.main([str(archive), "--fingerprint", ours]) == 0
    assert verify.main([str(archive), "--fingerprint", "0" * 64]) == 1


@pytest.mark.parametrize("text", ["", "PK nonsense"])
def test_what_is_no_archive_is_told(tmp_path, text):
    path = tmp_path / "no.zip"
    path.write_text(text)
    assert verify.main([str(path)]) == 2


def test_anchors_from_outside_are_compared(archive, tmp_path, capsys):
    path = tmp_path / "anchors.jsonl"
    path.write_text("".join(documents.line(row) for row in AuditAnchor.objects.all()))
    assert verify.main([str(archive), "--anchors", str(path)]) == 0
    assert "3 anchors from" in capsys.readouterr().out


def test_a_history_written_anew_shows_against_anchors_from_outside(
    anchored, tmp_path, as_owner, capsys
):
    """Whoever has the key and the tables: the archive is whole in itself, and yet found out."""
    from awooop import audit

    kept = "".join(documents.line(row) for row in AuditAnchor.objects.all())
    (tmp_path / "anchors.jsonl").write_text(kept)
    as_owner("delete from awooop_auditanchor")
    previous = audit.GENESIS
    for record in list(audit.records("awoooi")):
        record.actor, record.prev_hash = "somebody else", previous
        previous = audit.hash_of(record)
        as_owner(
            "update awooop_auditrecord set actor = 'somebody else',"
            f" prev_hash = '{record.prev_hash}', hash = '{previous}' where seq = {record.seq}"
        )
    as_owner(f"update awooop_audithead set hash = '{previous}'")
    path = tmp_path / "forged.zip"
    path.write_bytes(_export().file.read())
    assert verify.main([str(path)]) == 0
    assert verify.main([str(path), "--anchors", str(tmp_path / "anchors.jsonl")]) == 1
    assert "saw another chain at record 4" in capsys.readouterr().out


def test_a_part_of_the_chain_leaves_the_rest_to_its_digests(anchored, tmp_path, capsys):
    exported = audit_exports.bundle(
        by=BY,
        archive=Archive(),
        project_id="awoooi",
        manifest={"kind": "test_bundle", "type": "thing", "subject": "x"},
        seqs=[6, 7, 10],
    )
    path = tmp_path / exported.name
    path.write_bytes(exported.file.read())
    assert verify.main([str(path)]) == 0
    out = capsys.readouterr().out
    assert "5 to 12: 3 here, 5 of other matters" in out
    assert "3 anchors of the time agree" in out  # the one before them, and two
    files = _read(path)
    assert [line.split()[0] for line in files["audit/leaves.txt"].splitlines()] == [
        b"5",
        b"8",
        b"9",
        b"11",
        b"12",
    ]


def test_an_archive_that_its_signer_composed_wrongly_is_found(anchored, tmp_path):
    """Signed files are not enough: the records must also fit their digests."""
    archive = Archive()
    from awooop.audit_proof import sections

    chain = sections.add(archive, "awoooi", 2, 8)
    for wrong in ({"first_seq": 3}, {"last_seq": 7}, {"digest_before": "0" * 64}):
        other = Archive()
        sections.add(other, "awoooi", 2, 8)
        manifest = {
            "kind": "k",
            "subject": "s",
            "project_id": "awoooi",
            "chain": {**chain, **wrong},
        }
        path = tmp_path / "wrong.zip"
        path.write_bytes(other.finish(by=BY, manifest=manifest).read())
        assert verify.main([str(path)]) == 1


def test_a_broken_chain_is_not_exported_as_if_it_were_whole(anchored, as_owner):
    as_owner("update awooop_auditrecord set actor = 'else' where seq = 6")
    with pytest.raises(Conflict, match="record 6"):
        _export()


def test_a_period_without_records_is_refused(anchored):
    past = clock.now() - timedelta(days=900)
    with pytest.raises(Invalid, match="since"):
        _export(since=past, until=past + timedelta(days=1))
    with pytest.raises(Invalid, match="until"):
        _export(until=past)


def test_too_many_records_are_refused(anchored):
    with pytest.raises(Invalid, match="shorter period"):
        _export(at_most=11)


def test_who_may_not_is_refused(anchored):
    viewer = factories.caller_of_user(factories.user("v@example.org", awoooi="viewer"))
    period = {"since": clock.now() - timedelta(days=1), "until": clock.now()}
    with pytest.raises(NotAllowed):
        audit_exports.export(by=viewer, project_id="awoooi", **period)
    with pytest.raises(NotFound):
        audit_exports.export(by=viewer, project_id="other", **period)


# --- page, operation, command -----------------------------------------------------------------


def _verified(data: bytes, tmp_path) -> bool:
    path = tmp_path / "got.zip"
    path.write_bytes(data)
    return verify.main([str(path)]) == 0


def test_the_page_hands_it_out(anchored, page, tmp_path):
    form = {"project_id": "awoooi", "since": "2020-01-01", "until": "2100-01-01"}
    answer = page.post("/awooop/audit/export", form)
    assert answer["Content-Disposition"].startswith('attachment; filename="audit-awoooi-')
    assert _verified(b"".join(answer.streaming_content), tmp_path)
    assert page.post("/awooop/audit/export", {**form, "until": "2019-01-01"}).status_code == 422
    assert page.post("/awooop/audit/export", {**form, "since": "x"}).status_code == 422
    assert page.get("/awooop/audit/proof").status_code == 200


def test_the_operation_hands_it_out(anchored, api, tmp_path):
    body = {"since": "2020-01-01T00:00:00Z", "until": "2100-01-01T00:00:00Z"}
    answer = api.post("/platform/audit/exports", body)
    assert answer["Content-Type"] == "application/zip"
    assert _verified(b"".join(answer.streaming_content), tmp_path)
    naive = api.post("/platform/audit/exports", {**body, "since": "2020-01-01T00:00:00"})
    assert naive.status_code == 422


def test_the_command_writes_it(anchored, command, tmp_path):
    path = tmp_path / "x.zip"
    ran = command("audit_export", "--project", "awoooi", "--out", str(path))
    assert ran.code == 0
    assert verify.main([str(path)]) == 0
    again = command("audit_export", "--project", "awoooi", "--out", str(path))
    assert (again.code, "exists" in again.error) == (1, True)


@pytest.mark.django_db
def test_anybody_reads_the_public_keys(client):
    found = client.get("/.well-known/awooop-audit-keys.json").json()
    assert found["keys"][0]["fingerprint"] == audit_keys.current().fingerprint
    assert "BEGIN PUBLIC KEY" in found["keys"][0]["pem"]


def test_the_anchors_are_handed_out(anchored, api):
    found = api.get("/platform/audit/anchors").json()["anchors"]
    assert [row["seq"] for row in found] == [12, 8, 4]
    assert found[0] == documents.document(AuditAnchor.objects.order_by("number").last())


# --- the script's own signature check ---------------------------------------------------------


@settings(max_examples=40, deadline=None)
@given(message=st.binary(max_size=200), flip=st.integers(0, 64 * 8 - 1))
def test_the_script_judges_signatures_as_the_library_does(message, flip):
    key = audit_keys.current()
    signature = base64.b64decode(key.sign(message))
    assert verify.ed25519_verifies(key.public, message, signature)
    wrong = bytearray(signature)
    wrong[flip // 8] ^= 1 << flip % 8
    assert not verify.ed25519_verifies(key.public, message, bytes(wrong))
    assert not verify.ed25519_verifies(key.public, message + b"x", signature)


@pytest.mark.parametrize(
    ("public", "message", "signature"),
    [  # RFC 8032, 7.1
        (
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
            "",
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701"
            "cf9b46bd25bf5f0595bbe24655141438e7a100b",
        ),
        (
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
            "72",
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d"
            "0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
        ),
    ],
)
def test_the_script_knows_the_vectors_of_the_rfc(public, message, signature):
    given_ = [bytes.fromhex(each) for each in (public, message, signature)]
    assert verify.ed25519_verifies(*given_)
