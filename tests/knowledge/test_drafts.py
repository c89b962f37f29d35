"""A resolved incident leaves one draft, made of its record alone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from awooop import callers, clock, tenancy
from knowledge.actions import drafts, entries
from knowledge.models import KnowledgeEntry, KnowledgeRevision, SearchTerm
from runs.actions import approvals, expiry, incidents, steps
from runs.models import Evidence, Execution, Incident, Playbook
from tests import factories
from tests.runs.together import together

ID = "INC-20261121-7QX2"


def make(incident_id: str = ID, **values) -> Incident:
    given = {"title": "Checkout errors are high", "labels": {"alertname": "CheckoutErrors"}}
    return Incident.objects.create(
        incident_id=incident_id, project_id="awoooi", **{**given, **values}
    )


def resolve(incident_id: str = ID, how: str = "manual"):
    by = callers.system("tests", ["awoooi"])
    return incidents.resolve(
        by=by, project_id="awoooi", incident_id=incident_id, resolution_type=how
    )


def waiting(key, incident_id: str = ID, **values):
    run_values = {"trigger_ref": incident_id}
    return factories.waiting(key, incident_id=incident_id, run_values=run_values, **values)


def test_it_is_a_draft_tied_to_its_incident(project):
    incident = make()
    resolve()
    draft = KnowledgeEntry.objects.get()
    assert (draft.entry_type, draft.status) == ("incident_learning", "draft")
    assert (draft.related_incident_id, draft.alertname) == (incident.pk, "CheckoutErrors")
    assert draft.title == "Learned: Checkout errors are high"
    assert KnowledgeRevision.objects.get().reason == "incident resolved"


def test_it_tells_what_is_on_record(key):
    make(annotations={"summary": "5 % of the checkouts fail"})
    approval = waiting(key, suggested_action="Roll back the release")
    by = factories.caller_of_key(factories.api_key())
    step = {"step_seq": 99, "tool_name": "grafana.panel", "summary": "errors since 12:04"}
    playbook = Playbook.objects.create(project_id="awoooi", name="Roll back a release")
    approvals.decide(by=by, approval_id=approval.pk, decision="approve", reason="fits the runbook")
    about = {"project_id": "awoooi", "incident_id": ID, "run": approval.run}
    steps.Step.objects.create(project_id="awoooi", run=approval.run, **step)
    execution = Execution.objects.create(
        success=True, human_approved=True, playbook=playbook, **about
    )
    Evidence.objects.create(execution=execution, verification_result="success", **about)
    resolve(how="human_approved")
    draft = KnowledgeEntry.objects.get()
    for piece in (
        "5 % of the checkouts fail",
        "grafana.panel",
        "errors since 12:04",
        "Roll back the release",
        "fits the runbook",
        "Roll back a release, approved by a person, succeeded",
        "success",
        "A person approved the repair.",
        "human_approved",
    ):
        assert piece in draft.content
    assert draft.related_playbook_id == playbook.pk
    assert draft.related_approval_id == approval.pk


def test_an_expiry_tells_that_nobody_decided(key):
    make()
    approval = waiting(key)
    with clock.set_to(approval.expires_at + timedelta(seconds=1)):
        expiry.sweep()
    draft = KnowledgeEntry.objects.get()
    assert "Nobody decided in time" in draft.content
    assert "Nobody decided before" in draft.content
    assert "timeout_ignored" in draft.content


def test_the_same_record_makes_the_same_text(key):
    incident = make()
    waiting(key)
    resolve()
    draft = KnowledgeEntry.objects.get()
    incident.refresh_from_db()
    (again,) = drafts.unsaved([incident])
    assert (again.content, again.source_path) == (draft.content, draft.source_path)


def test_once_per_resolution(project):
    incident = make()
    resolve()
    incident.refresh_from_db()
    assert drafts.make(incidents=[incident], by=factories.SYSTEM) == []
    resolve()
    assert KnowledgeEntry.objects.count() == 1


def test_resolving_is_taken_back_where_the_draft_cannot_be_written(project, monkeypatch):
    make()

    def fail(*args, **kwargs):
        raise RuntimeError("no draft")

    monkeypatch.setattr(drafts.writing, "insert", fail)
    with pytest.raises(RuntimeError):
        resolve()
    assert Incident.objects.get().status == "open"


def test_what_agents_say_stays_words(key):
    make(title="# <script>alert(1)</script>\n\n- [x](javascript:alert(1))")
    waiting(key, suggested_action="x\n\n# Not a heading\n" + "y" * 3_000)
    resolve()
    draft = KnowledgeEntry.objects.get()
    assert "\n# Not a heading" not in draft.content
    assert len(draft.content) < 3_000


def test_twice_as_many_cost_no_more_statements(key):
    counts = []
    for start in (0, 4):
        ids = [f"INC-20261121-A{number:03d}" for number in range(start, start + 4 + start)]
        for incident_id in ids:
            make(incident_id)
        found = list(Incident.objects.filter(pk__in=ids).select_for_update())
        with CaptureQueriesContext(connection) as queries:
            incidents.resolve_locked(
                found, resolution_type="timeout", by=factories.SYSTEM, at=clock.now()
            )
        counts.append(len(queries.captured_queries))
    assert counts[0] >= counts[1]
    assert KnowledgeEntry.objects.count() == 12


def test_the_incident_answers_list_its_draft(api):
    make()
    resolve()
    chain = api.get(f"/platform/incidents/{ID}").json()
    draft = KnowledgeEntry.objects.get()
    assert [each["href"] for each in chain["knowledge"]] == [f"/knowledge/{draft.pk}"]


def test_what_a_person_wrote_into_a_draft_stays(by):
    make()
    resolve()
    draft = KnowledgeEntry.objects.get()
    where = {"project_id": "awoooi", "entry_id": draft.pk, "version": 1}
    entries.update(by=by, **where, content="The cause was a lock.")
    incident = Incident.objects.get()
    drafts.make(incidents=[incident], by=factories.SYSTEM)
    assert KnowledgeEntry.objects.get().content == "The cause was a lock."


def test_it_is_found_by_its_facts_and_not_by_what_every_draft_says(key):
    make(annotations={"summary": "Zanzibar fails"})
    approval = waiting(key, suggested_action="Quench the flange")
    with clock.set_to(approval.expires_at + timedelta(seconds=1)):
        expiry.sweep()
    draft = KnowledgeEntry.objects.get()
    found = set(SearchTerm.objects.filter(entry_id=draft.pk).values_list("term", flat=True))
    assert {"zanzibar", "quench", "flang", "checkout", "checkouterror", "7qx2"} <= found
    assert not {"sever", "disposit", "review", "written", "nobodi", "verif", "risk"} & found


def test_what_a_person_wrote_is_found_whatever_every_draft_says(by):
    make()
    resolve()
    draft = KnowledgeEntry.objects.get()
    where = {"project_id": "awoooi", "entry_id": draft.pk, "version": 1}
    entries.update(by=by, **where, content="Nobody had looked at the verification.")
    found = set(SearchTerm.objects.filter(entry_id=draft.pk).values_list("term", flat=True))
    assert {"nobodi", "verif"} <= found


def test_of_two_who_resolve_at_once_one_leaves_a_draft(truncatable):
    factories.project("awoooi")
    with tenancy.scope(["awoooi"]):
        make()

    def job():
        with tenancy.scope(["awoooi"]):
            return resolve()[1]

    assert sorted(together([job, job])) == [False, True]
    with tenancy.scope(["awoooi"]):
        assert KnowledgeEntry.objects.count() == 1
