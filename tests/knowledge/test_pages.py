"""The pages of knowledge, without a script and by htmx."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from awooop import callers, tenancy
from knowledge.actions import entries
from knowledge.models import KnowledgeEntry, KnowledgeRevision
from runs.models import Incident, Playbook
from tests.knowledge import make
from tests.runs.transactions import read_only

LIST = "/knowledge"


def of(entry, tail=""):
    return f"{LIST}/{entry.pk}{tail}"


def text(answer):
    return answer.content.decode()


def titles(answer):
    found = re.findall(r'data-open href="[^"]+">(.*?)</a>', text(answer))
    return [re.sub(r"</?mark>", "", title) for title in found]


def typed(entry, **more):
    given = {
        "title": entry.title,
        "content": entry.content,
        "entry_type": entry.entry_type,
        "status": entry.status,
        "version": entry.version,
    }
    return {**given, **more}


def test_an_empty_list_says_how_knowledge_comes_here(page):
    assert "manage.py import_runbooks" in text(page.get(LIST))


def test_a_search_without_a_script(page, by):
    make.entry(by)
    make.entry(by, title="Another", content="thing")
    assert titles(page.get(LIST, {"q": "rotating logs"})) == ["Disk of a node is full"]


def test_a_search_that_finds_nothing_offers_a_way_back(page, entry):
    assert "No entry is like that" in text(page.get(LIST, {"q": "zzzz"}))


def test_typing_swaps_the_fragment_only(page, entry):
    answer = page.get(LIST, {"q": "disk"}, headers={"HX-Request": "true"})
    assert titles(answer) == [entry.title]
    assert "<html" not in text(answer)
    assert "HX-Request" in answer["Vary"]


def test_facets_count_and_narrow(page, by):
    make.entry(by, category="linux")
    make.entry(by, category="linux")
    make.entry(by, category="net", title="Switch")
    shown = text(page.get(LIST))
    assert re.search(r"\?category=linux.*?<span>linux</span><span class=\"num\">2<", shown)
    assert titles(page.get(LIST, {"category": "net"})) == ["Switch"]


@pytest.mark.parametrize(
    "query", [{"status": "x"}, {"stale": "x"}, {"q": "x" * 201}, {"cursor": "x"}, {"page": "0"}]
)
def test_an_address_that_makes_no_sense_is_422(page, query):
    assert page.get(LIST, query).status_code == 422


def test_an_entry_shows_its_text_ties_and_history(page, by):
    playbook = Playbook.objects.create(project_id="awoooi", name="Grow a volume")
    Incident.objects.create(incident_id="INC-20261121-7QX2", project_id="awoooi", title="Disk!")
    entry = make.entry(
        by,
        related_incident_id="INC-20261121-7QX2",
        related_playbook_id=playbook.pk,
        alertname="DiskFull",
        owner="team-storage",
    )
    shown = text(page.get(of(entry)))
    for piece in ("<h3>Mitigation</h3>", "Grow a volume", "Disk!", "DiskFull", "team-storage"):
        assert piece in shown


def test_the_incident_lists_what_was_learned_of_it(page, by):
    Incident.objects.create(incident_id="INC-20261121-7QX2", project_id="awoooi", title="Disk!")
    entry = make.entry(by, related_incident_id="INC-20261121-7QX2")
    shown = text(page.get("/awooop/incidents/INC-20261121-7QX2"))
    assert f'href="{of(entry)}"' in shown


def test_a_change_is_shown_by_its_words(page, by, entry):
    changed = make.CONTENT.replace("Rotate the logs", "Rotate all logs")
    where = {"project_id": "awoooi", "entry_id": entry.pk, "version": 1}
    entries.update(by=by, **where, content=changed)
    shown = text(page.get(of(entry), {"change": 2}))
    assert "<mark>the</mark>" in shown
    assert "<mark>all</mark>" in shown


@pytest.mark.parametrize("change", ["9", "x", "-1", "99999999999999999999"])
def test_a_change_that_never_was_shows_the_entry(page, entry, change):
    assert page.get(of(entry), {"change": change}).status_code == 200


def test_a_new_entry_is_written_on_the_page(page, owner):
    answer = page.post(
        f"{LIST}/new",
        {"project_id": "awoooi", "title": "新的", "content": "# 一", "entry_type": "runbook",
         "status": "draft", "tags": "a, b，c"},
    )  # fmt: skip
    entry = KnowledgeEntry.objects.get()
    assert answer["Location"] == of(entry)
    assert (entry.title, entry.tags) == ("新的", ["a", "b", "c"])


def test_what_is_wrong_stands_at_its_field_and_what_was_typed_stays(page, entry):
    answer = page.post(of(entry, "/edit"), typed(entry, title="", content="My words"))
    assert answer.status_code == 422
    assert "My words" in text(answer)
    wrong = page.post(of(entry, "/edit"), typed(entry, related_incident_id="INC-1"))
    assert (wrong.status_code, "must be like INC-" in text(wrong)) == (422, True)
    assert KnowledgeEntry.objects.get().version == 1


def test_who_was_slower_sees_both_texts_and_may_save_all_the_same(page, by, entry):
    where = {"project_id": "awoooi", "entry_id": entry.pk, "version": 1}
    entries.update(by=by, **where, content="Their words.")
    late = page.post(of(entry, "/edit"), typed(entry, content="My words."))
    assert late.status_code == 409
    assert "Somebody was faster" in text(late)
    assert "Their" in text(late)
    assert ">\nMy words.</textarea>" in text(late)
    assert 'name="version" value="2"' in text(late)
    again = page.post(of(entry, "/edit"), typed(entry, content="My words.", version=2))
    assert again.status_code == 302
    texts = KnowledgeRevision.objects.order_by("version").values_list("content", flat=True)
    assert list(texts)[1:] == ["Their words.", "My words."]


def test_archiving_asks_first_and_can_be_taken_back(page, entry):
    assert "It is no longer found" in text(page.get(of(entry, "/archive")))
    page.post(of(entry, "/archive"), {"version": 1, "reason": "wrong"})
    assert KnowledgeEntry.objects.get().status == "archived"
    page.post(of(entry, "/restore"), {"version": 2})
    assert KnowledgeEntry.objects.get().status == "draft"


def test_archiving_what_somebody_changed_meanwhile_is_refused_kindly(page, by, entry):
    where = {"project_id": "awoooi", "entry_id": entry.pk, "version": 1}
    entries.update(by=by, **where, title="Newer")
    late = page.post(of(entry, "/archive"), {"version": 1, "reason": "wrong"})
    assert (late.status_code, "Somebody changed it" in text(late)) == (409, True)
    assert "wrong</textarea>" in text(late)


@pytest.mark.parametrize(
    "given",
    [{}, {"version": "x"}, {"version": 1, "reason": "a\0b"}, {"version": 1, "reason": "x" * 501}],
)
def test_archiving_with_what_makes_no_sense_changes_nothing(page, entry, given):
    assert page.post(of(entry, "/archive"), given).status_code == 422
    assert KnowledgeEntry.objects.get().status == "approved"


def test_a_look_is_counted_by_a_post_and_not_by_reading(page, entry):
    page.get(of(entry))
    assert KnowledgeEntry.objects.get().view_count == 0
    page.post(of(entry, "/view"), headers={"HX-Request": "true"})
    assert KnowledgeEntry.objects.get().view_count == 1


def test_who_may_only_look_sees_no_buttons_and_may_not(viewer, entry):
    assert "/edit" not in text(viewer.get(of(entry)))
    assert "/knowledge/new" not in text(viewer.get(LIST))
    for tail in ("/edit", "/archive", "/restore"):
        assert viewer.get(of(entry, tail)).status_code == 403
        assert viewer.post(of(entry, tail), typed(entry)).status_code == 403
    assert viewer.get(f"{LIST}/new").status_code == 403


def test_another_projects_entry_is_not_found(page, other_project):
    with tenancy.scope(["other"]):
        entry = make.entry(callers.system("tests", ["other"]), "other")
    for tail in ("", "/edit", "/archive"):
        assert page.get(of(entry, tail)).status_code == 404
    assert page.post(of(entry, "/view")).status_code == 404
    assert titles(page.get(LIST, {"q": "disk"})) == []


def test_hostile_text_is_escaped_everywhere(page, by):
    hostile = "<script>alert(1)</script>"
    entry = make.entry(by, title=hostile, category=hostile, owner=hostile, tags=[hostile])
    where = {"project_id": "awoooi", "entry_id": entry.pk, "version": 1}
    entries.update(by=by, **where, content=f"{hostile} new")
    for path in (LIST, f"{LIST}?q=alert", of(entry), of(entry, "?change=2"), of(entry, "/edit")):
        assert "<script>alert" not in text(page.get(path))


def test_twice_as_many_cost_no_more_statements(page):
    counts = []
    for _ in range(2):
        make.many(5)
        with CaptureQueriesContext(connection) as queries:
            page.get(LIST, {"q": "entry"})
        counts.append(len(queries.captured_queries))
    assert counts[0] == counts[1]


def test_reading_works_in_a_read_only_transaction(page, entry):
    with read_only():
        for path in (LIST, f"{LIST}?q=disk", of(entry), of(entry, "?change=1"), of(entry, "/edit")):
            assert page.get(path).status_code == 200


def test_the_navigation_leads_here(page):
    assert 'href="/knowledge"' in text(page.get("/"))
