"""Anchors: signed, numbered, each over all that went before, and kept outside."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.test import Client

from awooop import audit, audit_keys, clock
from awooop.actions import audit_anchors
from awooop.audit_proof import documents, selectors, tasks
from awooop.errors import Conflict, Invalid
from awooop.models import AuditAnchor, TaskHeartbeat


def _documents() -> list[dict]:
    return [documents.document(row) for row in AuditAnchor.objects.order_by("number")]


def _verify() -> audit.Verification:
    return audit.verify("awoooi", marks=selectors.marks("awoooi"))


def test_a_chain_and_its_anchors_are_whole(anchored):
    assert _verify() == audit.Verification("awoooi", 12)
    assert [row["seq"] for row in _documents()] == [4, 8, 12]


def test_nothing_new_is_not_anchored_again(anchored):
    assert audit_anchors.anchor("awoooi") is None


def test_a_young_anchor_is_enough(anchored, append):
    append()
    assert audit_anchors.anchor("awoooi", older_than=timedelta(hours=1)) is None
    with clock.set_to(clock.now() + timedelta(hours=2)):
        assert audit_anchors.anchor("awoooi", older_than=timedelta(hours=1)).seq == 13


def test_a_long_chain_is_anchored_piece_by_piece(append, monkeypatch):
    monkeypatch.setattr(audit_anchors, "AT_MOST", 4)
    append(9)
    seqs = [audit_anchors.anchor("awoooi").seq for _ in range(3)]
    assert (seqs, audit_anchors.anchor("awoooi")) == ([4, 8, 10], None)
    assert _verify().broken_at is None


def test_a_broken_chain_is_not_anchored(anchored, append, as_owner):
    append(3)
    as_owner("update awooop_auditrecord set actor = 'else' where seq = 14")
    with pytest.raises(Conflict, match="record 14") as refused:
        audit_anchors.anchor("awoooi")
    assert refused.value.code == "chain_broken"
    assert AuditAnchor.objects.count() == 3


@pytest.mark.parametrize(
    "statement",
    ["update awooop_auditanchor set seq = 1", "delete from awooop_auditanchor"],
)
def test_the_database_refuses_to_change_what_is_signed(anchored, statement):
    from django.db import connection

    refused = pytest.raises(DatabaseError, match="append-only")
    with connection.cursor() as cursor, refused, transaction.atomic():
        cursor.execute(statement)


@pytest.mark.parametrize("name", [*documents.SIGNED, "signature"])
def test_each_field_of_an_anchor_is_signed(anchored, name):
    found = _documents()
    value = found[1][name]
    found[1][name] = value + 1 if isinstance(value, int) else f"{value[:-2]}xx"
    marks = documents.marks(found) if name != "number" else documents.marks([found[1]])
    assert audit.verify("awoooi", marks=marks).broken_at is not None


def test_an_anchor_taken_out_is_found(anchored):
    first, _second, third = _documents()
    assert "one is missing" in audit.verify("awoooi", marks=documents.marks([first, third])).reason


def test_an_anchor_written_twice_is_passed_over(anchored):
    twice = [each for each in _documents() for _ in range(2)]
    assert audit.verify("awoooi", marks=documents.marks(twice)).broken_at is None


def test_an_end_cut_off_with_its_head_and_anchors_shows_against_those_outside(anchored, as_owner):
    kept = _documents()
    as_owner(
        "delete from awooop_auditrecord where seq > 6",
        "delete from awooop_auditanchor where seq > 6",
        "update awooop_audithead set seq = 6,"
        " hash = (select hash from awooop_auditrecord where seq = 6)",
    )
    assert _verify().broken_at is None  # nothing in the database tells
    found = audit.verify("awoooi", marks=documents.marks(kept))
    assert (found.broken_at, "the end was cut" in found.reason) == (8, True)


def test_a_chain_written_anew_with_the_key_shows_against_those_outside(anchored, as_owner):
    kept = _documents()
    previous = None
    for record in list(audit.records("awoooi")):
        record.prev_hash = previous or record.prev_hash
        record.action = "test.forged" if record.seq == 5 else record.action
        previous = audit.hash_of(record)
        as_owner(
            f"update awooop_auditrecord set action = '{record.action}',"
            f" prev_hash = '{record.prev_hash}', hash = '{previous}' where seq = {record.seq}"
        )
    as_owner(f"update awooop_audithead set hash = '{previous}'")
    assert audit.verify("awoooi").broken_at is None
    assert audit.verify("awoooi", marks=documents.marks(kept)).broken_at == 8


def test_anchors_signed_with_a_key_that_is_not_ours_are_found(anchored, settings, append):
    ours = settings.AUDIT_SECRET
    append()
    settings.AUDIT_SECRET = "another secret, of more than 32 characters"
    forged = documents.document(AuditAnchor.objects.last())
    forged["key_id"] = audit_keys.current().signing_id
    forged["signature"] = audit_keys.current().sign(documents.signed_part(forged))
    settings.AUDIT_SECRET = ours
    found = audit.verify("awoooi", marks=documents.marks([forged]))
    assert "not signed by a key of this installation" in found.reason


def test_two_at_once_make_one_anchor(anchored, append, monkeypatch):
    append()
    real = audit_anchors.documents.sign

    def sign(made):
        monkeypatch.setattr(audit_anchors.documents, "sign", real)
        audit_anchors.anchor("awoooi")  # the other one is quicker
        with clock.set_to(clock.now() + timedelta(seconds=1)):
            made.anchored_at = clock.now()
            real(made)

    monkeypatch.setattr(audit_anchors.documents, "sign", sign)
    assert audit_anchors.anchor("awoooi") is None
    assert AuditAnchor.objects.count() == 4


# --- outside ----------------------------------------------------------------------------------


def test_the_bell_appends_each_anchor_once_to_the_file(anchored, settings, tmp_path):
    settings.AUDIT_ANCHOR_FILE = tmp_path / "anchors.jsonl"
    assert tasks.anchor()["file"] == 3
    assert tasks.anchor()["file"] == 0
    lines = [json.loads(line) for line in settings.AUDIT_ANCHOR_FILE.read_text().splitlines()]
    assert lines == _documents()
    assert documents.read(settings.AUDIT_ANCHOR_FILE) == {"awoooi": lines}


def test_what_the_file_did_not_take_is_written_later(anchored, settings, tmp_path):
    settings.AUDIT_ANCHOR_FILE = tmp_path / "missing" / "anchors.jsonl"
    with pytest.raises(RuntimeError, match="No such file"):
        tasks.anchor()
    assert TaskHeartbeat.objects.get(kind="audit.anchor").failures == 1
    settings.AUDIT_ANCHOR_FILE.parent.mkdir()
    assert tasks.anchor()["file"] == 3


def test_a_broken_chain_fails_the_bell_and_delays_no_other(
    anchored, append, as_owner, other_project, settings, tmp_path
):
    settings.AUDIT_ANCHOR_MINUTES = 0
    settings.AUDIT_ANCHOR_FILE = tmp_path / "anchors.jsonl"
    append()
    as_owner("update awooop_auditrecord set actor = 'else' where seq = 13")
    with pytest.raises(RuntimeError, match="awoooi is broken at record 13"):
        tasks.anchor()
    assert "other" in documents.read(settings.AUDIT_ANCHOR_FILE)


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", "nonsense", '{"schema_version": "awooop_audit_anchor_v1"}', "null"]
)
def test_a_file_that_holds_no_anchors_is_refused(tmp_path, text):
    path = tmp_path / "anchors"
    path.write_text(text)
    with pytest.raises(Invalid):
        documents.read(path)


# --- keys -------------------------------------------------------------------------------------


def test_a_replaced_key_is_known_as_an_old_one(anchored, append, settings):
    settings.AUDIT_OLD_SECRETS = (settings.AUDIT_SECRET,)
    settings.AUDIT_SECRET = "a new secret, of more than 32 characters"
    append(2)
    audit_anchors.anchor("awoooi")
    assert _verify() == audit.Verification("awoooi", 14)


def test_without_the_old_key_the_first_of_its_records_is_named(anchored, append, settings):
    settings.AUDIT_SECRET = "a new secret, of more than 32 characters"
    append()
    found = audit.verify("awoooi")
    assert (found.broken_at, "another key" in found.reason) == (1, True)


@pytest.mark.parametrize(
    ("later", "broken_at"), [(timedelta(minutes=59), None), (timedelta(hours=2), 14)]
)
def test_a_replaced_key_signs_nothing_after_the_restart(
    anchored, append, settings, later, broken_at
):
    old, new = settings.AUDIT_SECRET, "a new secret, of more than 32 characters"
    settings.AUDIT_SECRET, settings.AUDIT_OLD_SECRETS = new, (old,)
    append()
    settings.AUDIT_SECRET, settings.AUDIT_OLD_SECRETS = old, (new,)  # a process not restarted
    with clock.set_to(clock.now() + later):
        append()
    settings.AUDIT_SECRET, settings.AUDIT_OLD_SECRETS = new, (old,)
    assert audit.verify("awoooi").broken_at == broken_at


def test_numbers_that_the_database_writes_otherwise_break_no_chain(append):
    from awooop.actions import audit as actions
    from tests.awooop.audit_proof.conftest import BY

    details = {"n": [1e16, 1.5e300, -0.0, 1e-7, 0.1, 123456789012345678901234567890, 5e-324]}
    entry = actions.Entry("test.numbers", "thing", "1", details)
    actions.append(project_id="awoooi", by=BY, entry=entry)
    assert audit.verify("awoooi").broken_at is None


# --- posted -----------------------------------------------------------------------------------


@pytest.fixture
def receiver():
    from tests.awooop.webhooks.receiver import Receiver

    made = Receiver()
    yield made
    made.stop()


def test_anchors_are_posted_and_signed_with_the_published_key(anchored, settings, receiver):
    settings.AUDIT_ANCHOR_URL = receiver.url
    assert tasks.anchor()["url"] == 3
    (post,) = receiver.posts
    assert json.loads(post.body)["data"]["anchors"] == _documents()
    content = f"{post.headers['webhook-id']}.{post.headers['webhook-timestamp']}.".encode()
    version, _, signature = post.headers["webhook-signature"].partition(",")
    assert version == "v1a"
    assert audit_keys.verifies(audit_keys.current().public, content + post.body, signature)


def test_anchors_that_were_not_taken_are_posted_later(anchored, settings, receiver):
    from tests.awooop.webhooks.receiver import Reply

    settings.AUDIT_ANCHOR_URL = receiver.url
    receiver.next.append(Reply(500))
    with pytest.raises(RuntimeError, match="it answered 500"):
        tasks.anchor()
    assert tasks.anchor()["url"] == 3


def _metric(client: Client, name: str) -> float:
    text = client.get("/metrics").content.decode()
    start = f'awooop_audit_{name}{{project_id="awoooi"}} '
    (line,) = [line for line in text.splitlines() if line.startswith(start)]
    return float(line.removeprefix(start))


def test_the_metrics_say_how_much_is_not_anchored_and_since_when(append, client):
    at = clock.now()
    audit_anchors.anchor("awoooi")
    assert _metric(client, "unanchored_records") == 0
    with clock.set_to(at):
        append(3)
    with clock.set_to(at + timedelta(minutes=90)):
        assert _metric(client, "unanchored_records") == 3
        assert _metric(client, "unanchored_age_seconds") == 5_400
        audit_anchors.anchor("awoooi")
        assert (
            _metric(client, "unanchored_records") == _metric(client, "unanchored_age_seconds") == 0
        )
        append(2)
    with clock.set_to(at + timedelta(minutes=100)):
        assert _metric(client, "unanchored_records") == 2
        assert _metric(client, "unanchored_age_seconds") == 600
