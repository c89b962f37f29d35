"""Entries are written, changed and archived with their history, their index and the audit."""

from __future__ import annotations

from datetime import timedelta

import pytest

from awooop import callers, clock, counters, tenancy
from awooop.errors import Conflict, Invalid, NotAllowed, NotFound
from awooop.models import AuditRecord
from knowledge.actions import entries
from knowledge.models import KnowledgeEntry, KnowledgeRevision, SearchTerm
from tests import factories
from tests.knowledge import make
from tests.runs.together import together

WHERE = {"project_id": "awoooi"}


def at(entry, **more):
    return {**WHERE, "entry_id": entry.pk, "version": entry.version, **more}


def fresh(entry):
    return KnowledgeEntry.objects.get(pk=entry.pk)


def test_a_new_entry_has_its_first_revision_and_record(by):
    entry = make.entry(by, tags=["disk", " disk ", "linux"], reason="seen twice")
    revision = KnowledgeRevision.objects.get(entry=entry)
    assert (entry.version, entry.tags) == (1, ["disk", "linux"])
    assert (revision.version, revision.editor, revision.reason) == (
        1,
        "owner@example.org",
        "seen twice",
    )
    assert AuditRecord.objects.get(action="knowledge.entry.create").resource_id == str(entry.pk)


def test_a_change_of_content_is_an_update_and_a_revision(by, entry):
    with clock.set_to(clock.now() + timedelta(days=9)):
        later = clock.now()
        changed = entries.update(by=by, **at(entry, content="Other words.", reason="was wrong"))
    assert (changed.version, changed.updated_at) == (2, later)
    revisions = KnowledgeRevision.objects.filter(entry=entry).order_by("version")
    assert [each.content for each in revisions] == [make.CONTENT, "Other words."]


@pytest.mark.parametrize(
    "change",
    [{"tags": ["x"]}, {"category": "x"}, {"owner": "x"}, {"status": "review"}, {"alertname": "X"}],
    ids=str,
)
def test_what_is_no_content_refreshes_nothing(by, entry, change):
    before = fresh(entry).updated_at
    with clock.set_to(clock.now() + timedelta(days=9)):
        entries.update(by=by, **at(entry, **change))
    assert (fresh(entry).updated_at, fresh(entry).version) == (before, 2)
    assert KnowledgeRevision.objects.filter(entry=entry).count() == 1


def test_the_same_values_again_change_nothing(by, entry):
    entries.update(by=by, **at(entry, title=entry.title, content=make.CONTENT))
    assert fresh(entry).version == 1
    assert not AuditRecord.objects.filter(action="knowledge.entry.update").exists()


def test_an_older_version_is_refused_and_names_the_last(by, entry):
    entries.update(by=by, **at(entry, title="First"))
    with pytest.raises(Conflict) as refused:
        entries.update(by=by, **at(entry, title="Second"))
    assert (refused.value.code, refused.value.extra["current_version"]) == ("version_conflict", 2)
    assert fresh(entry).title == "First"


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"title": "  "}, "title"),
        ({"title": "x" * 256}, "title"),
        ({"content": "x" * 200_001}, "content"),
        ({"tags": [str(n) for n in range(21)]}, "tags"),
        ({"tags": ["x" * 65]}, "tags"),
        ({"status": "done"}, "status"),
        ({"entry_type": "review_draft"}, "entry_type"),
        ({"related_incident_id": "INC-1"}, "related_incident_id"),
        ({"related_playbook_id": "6f5b8a52-2a38-5c3b-9f0e-6d1c6f0d5e11"}, "related_playbook_id"),
        ({"version": 3}, "version"),
        ({"reason": "x" * 501}, "reason"),
    ],
    ids=str,
)
def test_what_cannot_be_is_named_and_nothing_written(by, values, field):
    with pytest.raises(Invalid) as refused:
        make.entry(by, **values)
    assert [row["field"] for row in refused.value.errors] == [field]
    assert not KnowledgeEntry.objects.exists()


@pytest.mark.parametrize("role", ["viewer"])
def test_who_may_only_look_may_not_write(project, entry, role):
    other = factories.caller_of_user(factories.user("x@example.org", awoooi=role))
    with pytest.raises(NotAllowed):
        make.entry(other)
    with pytest.raises(NotAllowed):
        entries.update(by=other, **at(entry, title="Mine"))


def test_another_projects_entry_is_not_found(by, entry, other_project):
    with tenancy.scope(["other"]):
        foreign = make.entry(callers.system("tests", ["other"]), "other")
    with pytest.raises(NotFound):
        entries.update(by=by, **at(foreign, title="Taken"))


def test_nothing_is_written_in_a_project_that_is_switched_off(by, project, entry):
    project.is_active = False
    project.save()
    with pytest.raises(Conflict) as refused:
        entries.update(by=by, **at(entry, title="Later"))
    assert refused.value.code == "project_inactive"


def test_archiving_and_bringing_back_are_recorded_by_their_names(by, entry):
    archived = entries.archive(by=by, **at(entry, reason="wrong since v2"))
    assert archived.status == "archived"
    entries.restore(by=by, **at(archived))
    assert fresh(entry).status == "draft"
    actions = AuditRecord.objects.filter(resource_id=str(entry.pk)).order_by("seq")
    assert [each.action.rpartition(".")[2] for each in actions] == ["create", "archive", "restore"]
    assert actions[1].details["reason"] == "wrong since v2"


def test_a_look_is_counted_and_refreshes_nothing(by, entry):
    entries.note_view(by=by, **WHERE, entry_id=entry.pk)
    assert (fresh(entry).view_count, fresh(entry).version) == (1, 1)
    assert fresh(entry).updated_at == entry.updated_at


def test_the_totals_follow_the_status(by, entry):
    entries.archive(by=by, **at(entry))
    make.entry(by, status="draft")
    found = {
        labels["status"]: int(value)
        for name, labels, value in counters.read()
        if name == "knowledge_entries"
    }
    assert found == {"approved": 0, "archived": 1, "draft": 1}


def test_a_failed_audit_record_takes_the_entry_with_it(by, monkeypatch):
    def fail(**kwargs):
        raise RuntimeError("no audit")

    monkeypatch.setattr(entries.audit, "append", fail)
    with pytest.raises(RuntimeError):
        make.entry(by)
    assert not KnowledgeEntry.objects.exists()
    assert not SearchTerm.objects.exists()


def test_of_two_who_save_at_once_one_wins(truncatable):
    factories.project("awoooi")
    account = factories.user("owner@example.org", awoooi="knowledge_owner")
    by = factories.caller_of_user(account)
    with tenancy.scope(["awoooi"]):
        entry = make.entry(by)

    def save(title):
        try:
            with tenancy.scope(["awoooi"]):
                entries.update(by=by, **at(entry, title=title))
        except Conflict as refused:
            return refused.code
        return "saved"

    done = together([lambda: save("One"), lambda: save("Two")])
    assert sorted(done) == ["saved", "version_conflict"]
    with tenancy.scope(["awoooi"]):
        assert KnowledgeRevision.objects.filter(entry=entry).count() == 2
