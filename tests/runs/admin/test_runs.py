from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from awooop.models import AuditRecord
from runs.models import Incident, Playbook, Run, Step
from tests import factories

RUNS = reverse("admin:runs_run_changelist")
STEPS = reverse("admin:runs_step_changelist")


def _act(kind: str, pk, name: str) -> str:
    return reverse(f"admin:runs_{kind}_act", args=[pk, name])


def _incident(**values) -> Incident:
    values = {"incident_id": "INC-20260101-AB12", "title": "Disk full", **values}
    return Incident.objects.create(project_id="awoooi", **values)


def test_cancelling_a_run_is_by_the_action(staff_page, key):
    run = factories.running(key)
    sent = {"apply": "1", "reason": "wrong host"}
    assert staff_page.post(_act("run", run.pk, "cancel_run"), sent).status_code == 302
    run.refresh_from_db()
    assert (run.state, run.error_code) == ("cancelled", "E-RUN-CANCELLED")
    assert AuditRecord.objects.filter(action="run.cancel", run_id=run.pk).exists()


def test_a_final_run_is_not_cancelled(staff_page, key):
    run = factories.running(key)
    url, sent = _act("run", run.pk, "cancel_run"), {"apply": "1", "reason": "wrong host"}
    staff_page.post(url, sent)
    answer = staff_page.post(url, sent)
    assert answer.status_code == 409
    change = reverse("admin:runs_run_change", args=[run.pk])
    assert url not in staff_page.get(change).content.decode()


def test_a_run_is_not_edited(root_page, key):
    run = factories.run()
    change = reverse("admin:runs_run_change", args=[run.pk])
    assert root_page.post(change, {"state": "completed"}).status_code == 403
    run.refresh_from_db()
    assert run.state == "pending"


def test_a_long_run_reads_as_many_queries_in_the_list(staff_page, key):
    def count() -> int:
        with CaptureQueriesContext(connection) as context:
            assert staff_page.get(RUNS).status_code == 200
        return len(context.captured_queries)

    for _ in range(10):
        factories.run()
    few = count()
    for _ in range(10):
        factories.run()
    assert count() == few


def test_steps_are_searched_and_not_listed(staff_page, key):
    run = factories.run()
    Step.objects.create(run=run, project_id="awoooi", step_seq=1, tool_name="kubectl.get")
    assert not staff_page.get(STEPS).context["cl"].result_list
    listed = staff_page.get(STEPS, {"q": str(run.pk)}).context["cl"].result_list
    assert [step.tool_name for step in listed] == ["kubectl.get"]
    assert not staff_page.get(STEPS, {"q": "no uuid"}).context["cl"].result_list


def test_resolving_an_incident_is_by_the_action(staff_page):
    incident = _incident()
    url, sent = (
        _act("incident", incident.pk, "resolve"),
        {"apply": "1", "resolution_type": "manual"},
    )
    assert staff_page.post(url, sent).status_code == 302
    incident.refresh_from_db()
    assert (incident.status, incident.disposition) == ("resolved", "manual")
    assert AuditRecord.objects.filter(action="incident.resolve").exists()
    assert staff_page.post(url, sent).status_code == 409


PLAYBOOK = {
    "project_id": "awoooi",
    "name": "Restart the API",
    "status": "approved",
    "trust_score": "0.900",
    "source": "",
    "metadata": "{}",
}


def test_a_playbook_earns_its_trust_unless_it_is_pinned(admin_page):
    add = reverse("admin:runs_playbook_add")
    assert admin_page.post(add, PLAYBOOK).status_code == 302
    playbook = Playbook.objects.get()
    assert str(playbook.trust_score) == "0.500"
    change = reverse("admin:runs_playbook_change", args=[playbook.pk])
    assert admin_page.post(change, {**PLAYBOOK, "is_trust_pinned": "on"}).status_code == 302
    playbook.refresh_from_db()
    assert str(playbook.trust_score) == "0.900"
    record = AuditRecord.objects.get(action="playbook.update")
    assert record.details["is_trust_pinned"] == {"from": "False", "to": "True"}


@pytest.mark.parametrize(
    "wrong", [{"trust_score": "1.5"}, {"metadata": '"x"'}, {"name": ""}, {"status": "odd"}]
)
def test_a_bad_playbook_is_an_error_of_its_form(admin_page, wrong):
    add = reverse("admin:runs_playbook_add")
    answer = admin_page.post(add, {**PLAYBOOK, "is_trust_pinned": "on", **wrong})
    assert answer.status_code == 422
    assert not Playbook.objects.exists()


def test_a_second_playbook_of_the_name_is_an_error_of_its_form(admin_page):
    add = reverse("admin:runs_playbook_add")
    admin_page.post(add, PLAYBOOK)
    answer = admin_page.post(add, PLAYBOOK)
    assert answer.status_code == 422
    assert "exists already" in answer.content.decode()


def test_an_operator_edits_no_playbooks(staff_page):
    assert staff_page.post(reverse("admin:runs_playbook_add"), PLAYBOOK).status_code == 403


def test_a_run_of_another_project_is_neither_listed_nor_opened(other_project, staff_page):
    from awooop import tenancy

    with tenancy.scope(["other"]):
        hidden = factories.run("other")
    assert not staff_page.get(RUNS).context["cl"].result_list
    assert not staff_page.get(RUNS, {"q": str(hidden.pk)}).context["cl"].result_list
    assert staff_page.get(reverse("admin:runs_run_change", args=[hidden.pk])).status_code == 302
    assert Run.objects.count() == 0
