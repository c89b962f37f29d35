"""Notes: who writes, who changes what within how long, and what is kept of it."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from awooop import tenancy
from awooop.actions import notes
from awooop.errors import Conflict, Invalid, NotAllowed, NotFound
from awooop.models import AuditRecord, Note, NoteVersion
from awooop.notes import reads
from runs import retention
from runs.models import Incident
from tests import factories

INCIDENT = "INC-20261121-7QX2"


@pytest.fixture
def incident(project) -> Incident:
    return Incident.objects.create(incident_id=INCIDENT, project=project, title="Disk full")


@pytest.fixture
def me(operator):
    return factories.caller_of_user(operator)


@pytest.fixture
def colleague(project):
    return factories.caller_of_user(factories.user("kim@example.org", awoooi="operator"))


@pytest.fixture
def admin(project):
    return factories.caller_of_user(factories.user("boss@example.org", awoooi="project_admin"))


def write(by, body: str = "Seen **before**") -> Note:
    return notes.write(by=by, kind="incident", ident=INCIDENT, body=body)


def test_a_note_is_kept_with_its_author_and_told_to_the_audit(incident, me):
    note = write(me)
    assert [one.body for one in reads.of("awoooi", "incident", INCIDENT)] == ["Seen **before**"]
    assert note.author_label == me.label
    record = AuditRecord.objects.get(action="note.write")
    assert (record.resource_type, record.resource_id) == ("incident", INCIDENT)
    assert record.details["note_id"] == str(note.pk)
    assert "before" not in str(record.details)


def test_a_note_on_a_run_names_the_run_in_the_audit(project, me):
    run = factories.run()
    notes.write(by=me, kind="run", ident=str(run.pk), body="x")
    assert AuditRecord.objects.get(action="note.write").run_id == run.pk


def test_a_viewer_may_not_write(incident):
    viewer = factories.caller_of_user(factories.user("v@example.org", awoooi="viewer"))
    with pytest.raises(NotAllowed):
        write(viewer)
    assert not Note.objects.exists()


def test_what_is_not_there_or_of_another_project_cannot_be_noted_on(other_project, me):
    with tenancy.scope(["other"]):
        Incident.objects.create(incident_id=INCIDENT, project_id="other", title="Hidden")
    with pytest.raises(NotFound):
        write(me)


@pytest.mark.parametrize("body", ["", "  \n ", "x" * 4_001])
def test_an_empty_or_endless_note_is_refused(incident, me, body):
    with pytest.raises(Invalid) as refused:
        write(me, body)
    assert refused.value.errors[0]["field"] == "body"


def test_a_pasted_secret_is_blacked_out(incident, me):
    note = write(me, "used Authorization: Bearer abcdef0123456789abcdef0123456789")
    assert "abcdef0123456789" not in note.body


def test_an_edit_keeps_what_was_said_before(incident, me):
    note = write(me)
    notes.edit(by=me, note_id=note.pk, body="Seen twice", version=1)
    note.refresh_from_db()
    assert (note.body, note.version) == ("Seen twice", 2)
    assert [each.body for each in reads.versions(note)] == ["Seen **before**"]
    assert AuditRecord.objects.filter(action="note.edit").count() == 1


def test_an_edit_of_an_older_version_is_refused(incident, me):
    note = write(me)
    notes.edit(by=me, note_id=note.pk, body="Seen twice", version=1)
    with pytest.raises(Conflict) as refused:
        notes.edit(by=me, note_id=note.pk, body="Seen thrice", version=1)
    assert refused.value.code == "version_changed"


def test_the_same_words_again_change_nothing(incident, me):
    note = write(me)
    notes.edit(by=me, note_id=note.pk, body="Seen **before**", version=1)
    assert not NoteVersion.objects.exists()


def test_nobody_changes_the_words_of_another(incident, me, admin):
    note = write(me)
    with pytest.raises(Conflict) as refused:
        notes.edit(by=admin, note_id=note.pk, body="Mine now", version=1)
    assert refused.value.code == "not_the_author"


def test_after_a_day_a_note_stands(incident, me):
    note = write(me)
    old = note.created_at - timedelta(hours=24, minutes=1)
    Note.objects.filter(pk=note.pk).update(created_at=old)
    with pytest.raises(Conflict) as refused:
        notes.edit(by=me, note_id=note.pk, body="Later", version=1)
    assert refused.value.code == "note_too_old"


def test_a_struck_note_stays_and_can_be_restored(incident, me):
    note = write(me)
    assert notes.strike(by=me, note_id=note.pk)[1] is True
    assert notes.strike(by=me, note_id=note.pk)[1] is False
    note.refresh_from_db()
    assert (note.body, note.struck_by) == ("Seen **before**", me.label)
    notes.restore(by=me, note_id=note.pk)
    note.refresh_from_db()
    assert (note.struck_at, note.struck_by) == (None, "")
    actions = set(AuditRecord.objects.values_list("action", flat=True))
    assert {"note.strike", "note.restore"} <= actions


def test_a_colleague_may_not_strike_it_out_but_an_administrator_may(incident, me, colleague, admin):
    note = write(me)
    with pytest.raises(Conflict):
        notes.strike(by=colleague, note_id=note.pk)
    assert notes.strike(by=admin, note_id=note.pk)[1] is True


def test_a_struck_note_cannot_be_changed(incident, me):
    note = write(me)
    notes.strike(by=me, note_id=note.pk)
    with pytest.raises(Conflict) as refused:
        notes.edit(by=me, note_id=note.pk, body="x", version=1)
    assert refused.value.code == "note_struck"


def test_there_is_an_end_to_the_notes_on_one_thing(incident, me, monkeypatch):
    monkeypatch.setattr(reads, "AT_MOST", 1)
    write(me)
    with pytest.raises(Conflict) as refused:
        write(me)
    assert refused.value.code == "too_many_notes"


def test_notes_of_another_project_are_not_there(other_project, me):
    with tenancy.scope(["other"]):
        note = Note.objects.create(
            project_id="other", subject_type="run", subject_id=str(UUID(int=1)), body="x",
            author=me.ident, author_label="me",
        )  # fmt: skip
    with pytest.raises(NotFound):
        notes.strike(by=me, note_id=note.pk)


def test_notes_go_with_what_they_are_about(incident, me):
    note = write(me)
    notes.edit(by=me, note_id=note.pk, body="Seen twice", version=1)
    for rows in retention.with_incidents("awoooi", [INCIDENT]):
        rows.delete()
    assert not Note.objects.exists()
    assert not NoteVersion.objects.exists()
