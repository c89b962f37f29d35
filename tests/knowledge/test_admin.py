"""Entries in the admin: the same actions, the same rules."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from awooop import callers, tenancy
from awooop.models import AuditRecord
from knowledge.actions import entries
from knowledge.models import KnowledgeEntry, KnowledgeRevision
from tests import factories
from tests.knowledge import make

LIST = "/admin/knowledge/knowledgeentry/"


@pytest.fixture
def admin_page(project):
    """A client signed in as a staff member who administers `awoooi`."""
    account = factories.user("admin@example.org", awoooi="project_admin")
    account.is_staff = True
    account.save()
    client = Client()
    client.force_login(account)
    return client


def form(entry=None, **more):
    given = {
        "title": "Disk full",
        "content": "Rotate.",
        "entry_type": "runbook",
        "status": "draft",
        "tags": "disk",
        "seen_version": entry.version if entry else "",
        "project_id": "awoooi",
    }
    return {**given, **more}


def test_an_entry_is_made_and_changed_by_the_actions(admin_page):
    admin_page.post(f"{LIST}add/", form())
    entry = KnowledgeEntry.objects.get()
    done = admin_page.post(f"{LIST}{entry.pk}/change/", form(entry, content="Grow.", reason="why"))
    assert done.status_code == 302
    texts = KnowledgeRevision.objects.order_by("version").values_list("content", "reason")
    assert list(texts) == [("Rotate.", ""), ("Grow.", "why")]
    assert AuditRecord.objects.filter(action="knowledge.entry.update").count() == 1


def test_a_touch_of_a_tag_refreshes_nothing(admin_page, by):
    entry = make.entry(by, content="Rotate.", title="Disk full", status="draft")
    admin_page.post(f"{LIST}{entry.pk}/change/", form(entry, tags="disk,linux"))
    after = KnowledgeEntry.objects.get()
    assert (after.tags, after.updated_at) == (["disk", "linux"], entry.updated_at)


def test_who_was_slower_is_refused_and_keeps_what_was_typed(admin_page, by):
    entry = make.entry(by)
    where = {"project_id": "awoooi", "entry_id": entry.pk, "version": 1}
    entries.update(by=by, **where, title="Newer")
    late = admin_page.post(f"{LIST}{entry.pk}/change/", form(entry, content="My words"))
    assert late.status_code == 422
    assert "Somebody changed it" in late.content.decode()
    assert "My words" in late.content.decode()


def test_archiving_is_an_act(admin_page, by):
    entry = make.entry(by)
    path = f"{LIST}{entry.pk}/act/archive/"
    asked = admin_page.get(path).content.decode()
    seen = re.search(rf'name="seen_{entry.pk}" value="(\d+)"', asked)[1]
    admin_page.post(path, {"apply": "1", "reason": "old", f"seen_{entry.pk}": seen})
    assert KnowledgeEntry.objects.get().status == "archived"


def test_the_list_searches_by_words_and_ids(admin_page, by):
    entry = make.entry(by)
    make.entry(by, title="Another", content="thing")
    for typed in ("rotating", str(entry.pk)):
        found = admin_page.get(LIST, {"q": typed}).content.decode()
        assert (entry.title in found, "Another" in found) == (True, False)


def test_revisions_are_to_be_looked_at_only(admin_page, entry):
    revision = KnowledgeRevision.objects.get()
    base = "/admin/knowledge/knowledgerevision/"
    assert entry.title in admin_page.get(base, {"q": str(entry.pk)}).content.decode()
    assert admin_page.get(f"{base}{revision.pk}/change/").status_code == 200
    assert admin_page.post(f"{base}{revision.pk}/change/", {}).status_code == 403
    assert admin_page.post(f"{base}{revision.pk}/delete/", {"post": "yes"}).status_code == 403
    assert admin_page.post(f"{LIST}{entry.pk}/delete/", {"post": "yes"}).status_code == 403


def test_another_projects_entry_is_not_shown(admin_page, other_project):
    with tenancy.scope(["other"]):
        entry = make.entry(callers.system("tests", ["other"]), "other")
    assert entry.title not in admin_page.get(LIST).content.decode()
    assert admin_page.get(f"{LIST}{entry.pk}/change/").status_code == 302
