"""Notes on the pages of runs, incidents and events, with htmx and without scripts."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from awooop.models import Note
from governance.models import GovernanceEvent
from runs.models import Incident
from tests import factories

INCIDENT = "INC-20261121-7QX2"
HTMX = {"HX-Request": "true"}


@pytest.fixture
def places(project) -> dict[str, tuple[str, str]]:
    """Where each kind is shown, and where a note on it is written."""
    run = factories.run()
    Incident.objects.create(incident_id=INCIDENT, project=project, title="Disk full")
    event = GovernanceEvent.objects.create(
        project=project, event_type="trust_drift", severity="warning"
    )
    return {
        "run": (f"/awooop/runs/{run.pk}", f"/awooop/runs/{run.pk}/notes"),
        "incident": (f"/awooop/incidents/{INCIDENT}", f"/awooop/incidents/{INCIDENT}/notes"),
        "event": (
            f"/governance?tab=events&event_id={event.pk}",
            f"/governance/events/{event.pk}/notes",
        ),
    }


@pytest.mark.parametrize("kind", ["run", "incident", "event"])
def test_a_note_is_written_and_read_where_it_belongs(page, places, kind):
    shown, written = places[kind]
    response = page.post(written, {"body": "It is the *disk* again"})
    assert response.status_code == 302
    note = Note.objects.get()
    assert response["Location"] == f"{shown}#note-{note.pk}"
    html = page.get(shown).content.decode()
    assert "It is the <em>disk</em> again" in html
    assert "The note is written." in html


@pytest.mark.parametrize("kind", ["run", "incident"])
def test_the_timeline_tells_of_a_note(page, places, kind):
    shown, written = places[kind]
    page.post(written, {"body": "Told at night"})
    timeline = page.get(shown).content.decode().split('class="timeline"')[1]
    assert "Note of" in timeline
    assert "Told at night" in timeline


def test_the_timeline_of_a_run_can_show_notes_alone(page, places):
    shown, written = places["run"]
    page.post(written, {"body": "Told at night"})
    html = page.get(f"{shown}?kind=note").content.decode()
    assert html.count('class="timeline-item"') == 1


def test_in_place_the_panel_is_answered_and_a_refusal_keeps_what_was_typed(page, places):
    _shown, written = places["run"]
    good = page.post(written, {"body": "Seen"}, headers=HTMX)
    assert good.status_code == 200
    assert good.content.decode().lstrip().startswith('<section class="panel" id="notes"')
    bad = page.post(written, {"body": "y" * 4_001}, headers=HTMX)
    assert bad.status_code == 422
    assert "yyyy" in bad.content.decode()
    assert "at most 4000 characters" in bad.content.decode()


def test_without_scripts_a_refusal_is_a_page_with_what_was_typed(page, places):
    bad = page.post(places["run"][1], {"body": " "})
    assert bad.status_code == 422
    assert "must not be empty" in bad.content.decode()


def test_a_viewer_reads_and_is_offered_nothing(client, places):
    client.force_login(factories.user("v@example.org", awoooi="viewer"))
    html = client.get(places["run"][0]).content.decode()
    assert 'id="notes"' in html
    assert "Write a note" not in html
    assert client.post(places["run"][1], {"body": "x"}).status_code == 403


def test_striking_out_offers_to_undo_it(page, places):
    page.post(places["run"][1], {"body": "Wrong"})
    note = Note.objects.get()
    page.post(f"/awooop/notes/{note.pk}/strike")
    html = page.get(places["run"][0]).content.decode()
    assert "<del" in html
    toast = html.split('id="messages"')[1]
    assert f'action="/awooop/notes/{note.pk}/restore"' in toast
    page.post(f"/awooop/notes/{note.pk}/restore")
    assert "<del" not in page.get(places["run"][0]).content.decode()


def test_a_change_and_its_history(page, places):
    page.post(places["run"][1], {"body": "First"})
    note = Note.objects.get()
    edit = f"/awooop/notes/{note.pk}/edit"
    assert "First" in page.get(edit).content.decode()
    assert page.post(edit, {"body": "Second", "version": "1"}).status_code == 302
    late = page.post(edit, {"body": "Third", "version": "1"})
    assert late.status_code == 409
    assert "Third" in late.content.decode()
    history = page.get(f"/awooop/notes/{note.pk}").content.decode()
    assert "First" in history
    assert "Second" in history


def test_a_script_in_a_note_is_text(page, places):
    page.post(places["run"][1], {"body": "<script>alert(1)</script> [x](javascript:alert(1))"})
    html = page.get(places["run"][0]).content.decode()
    assert "<script>alert" not in html
    assert 'href="javascript' not in html


def test_many_notes_cost_no_more_statements_than_few(page, places):
    shown, written = places["run"]

    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            page.get(shown)
        return len(queries)

    page.post(written, {"body": "one"})
    page.get(shown)
    before = count()
    for number in range(5):
        page.post(written, {"body": f"note {number}"})
    page.get(shown)
    assert count() == before
