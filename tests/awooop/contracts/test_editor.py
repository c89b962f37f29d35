"""The contract editor: draft, edit, look at the difference, activate, retire."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from awooop import callers, tenancy
from awooop.actions import contracts
from awooop.errors import Conflict, Invalid
from awooop.models import AuditRecord, ContractRevision
from tests import factories
from tests.runs.transactions import read_only

pytestmark = pytest.mark.django_db
BY = callers.system("tests", ["awoooi", "other"])
READS = {"agent": "sre-agent", "tools": {"kubectl.get": {"scope": "read"}}}
WRITES = {"agent": "sre-agent", "tools": {"kubectl.get": {"scope": "write"}}}


def made(body=READS, version=(1, 0), status="draft", **values) -> ContractRevision:
    given = {"project_id": "awoooi", "contract_id": "sre-agent", "family": "agent", **values}
    revision = contracts.draft(by=BY, body=body, version=version, **given)
    if status != "draft":
        contracts.set_status(by=BY, revision=revision, status=status)
    revision.refresh_from_db()
    return revision


@pytest.fixture
def editor(project) -> Client:
    """A browser, signed in as the project's administrator."""
    client = Client()
    client.force_login(factories.user("admin@example.org", awoooi="project_admin"))
    return client


def address(revision, step: str = "") -> str:
    return f"/awooop/contracts/{revision.pk}{step}"


def text(client, path, **query) -> str:
    with read_only():
        answer = client.get(path, query)
    assert answer.status_code == 200, answer.content
    return answer.content.decode()


def fingerprint(client, path) -> str:
    return client.get(path).context["fingerprint"]


def status_of(revision) -> str:
    return ContractRevision.objects.get(pk=revision.pk).lifecycle_status


def new_form(**values) -> dict[str, str]:
    return {"project_id": "awoooi", "contract_id": "sre-agent", "family": "agent",
            "version_major": "1", "version_minor": "1", "body": json.dumps(WRITES),
            **values}  # fmt: skip


def test_a_revision_shows_its_tools_its_history_and_how_it_differs(page, project):
    made(status="active")
    draft = made(WRITES, (1, 1))
    shown = text(page, address(draft))
    assert "Against the active sre-agent 1.0" in shown
    assert "More" in shown
    assert "&quot;scope&quot;: &quot;write&quot;" in shown
    assert "/activate" not in shown  # an operator only reads


def test_the_list_leads_to_the_revision(page, project):
    revision = made()
    assert f'href="{address(revision)}"' in text(page, "/awooop/contracts")


def test_a_revision_of_another_project_is_unknown(page, other_project):
    with tenancy.scope(["other"]):
        theirs = made(project_id="other")
    assert page.get(address(theirs)).status_code == 404
    assert page.get(address(theirs, "/activate")).status_code == 404


def test_keys_that_templates_would_trip_over_are_shown(page, project):
    body = {"tools": {"items": {"scope": "read", "items": [1]}}, "limits": {"items": "x"}}
    assert "items" in text(page, address(made(body)))


def test_a_new_draft_starts_as_the_revision_it_is_made_of(editor):
    active = made(status="active")
    shown = editor.get("/awooop/contracts/new", {"from": str(active.pk)})
    initial = shown.context["form"].initial
    assert (initial["version_major"], initial["version_minor"]) == (1, 1)
    assert json.loads(initial["body"]) == READS
    answer = editor.post("/awooop/contracts/new", new_form())
    draft = ContractRevision.objects.get(version_minor=1)
    assert (answer.status_code, answer["Location"]) == (302, address(draft))
    assert (draft.lifecycle_status, draft.body) == ("draft", WRITES)
    assert status_of(active) == "active"


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"body": '{\n"tools": {,}\n}'}, "line 2"),
        ({"body": '{"tools": {"k.get": {"scope": "root"}}}'}, "tools[&quot;k.get&quot;].scope"),
        ({"body": "[1]"}, "must be a JSON object"),
        ({"body": ""}, "This field is required"),
        ({"version_minor": "0"}, "exists already"),
        ({"project_id": "other"}, "Select a valid choice"),
        ({"family": "fire"}, "Select a valid choice"),
    ],
    ids=lambda value: str(value)[:50],
)
def test_a_draft_that_cannot_be_is_told_where(editor, values, said):
    made()
    answer = editor.post("/awooop/contracts/new", new_form(**values))
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert ContractRevision.objects.count() == 1


def test_a_draft_is_edited(editor):
    draft = made()
    assert text(editor, address(draft, "/edit"))
    editor.post(address(draft, "/edit"), {"body": json.dumps(WRITES)})
    draft.refresh_from_db()
    assert draft.body == WRITES


def test_a_bad_edit_keeps_what_was_typed_and_changes_nothing(editor):
    draft = made()
    typed = '{"tools": {"typed": 1}}'
    answer = editor.post(address(draft, "/edit"), {"body": typed})
    assert answer.status_code == 422
    assert "typed" in answer.content.decode()
    draft.refresh_from_db()
    assert draft.body == READS


def test_only_a_draft_is_edited(editor):
    active = made(status="active")
    assert editor.get(address(active, "/edit")).status_code == 409
    assert editor.post(address(active, "/edit"), {"body": "{}"}).status_code == 409


def test_activating_shows_the_difference_first_and_then_does_just_that(editor):
    before, draft = made(status="active"), made(WRITES, (1, 1))
    path = address(draft, "/activate")
    assert "More" in text(editor, path)
    assert (status_of(before), status_of(draft)) == ("active", "draft")
    answer = editor.post(path, {"fingerprint": fingerprint(editor, path)})
    assert answer.status_code == 302
    assert (status_of(before), status_of(draft)) == ("deprecated", "active")
    assert AuditRecord.objects.filter(action="contract.active").count() == 2


@pytest.mark.parametrize("given", [{}, {"fingerprint": "0" * 64}])
def test_activating_what_was_not_looked_at_is_refused(editor, given):
    draft = made()
    answer = editor.post(address(draft, "/activate"), given)
    assert answer.status_code == 409
    assert status_of(draft) == "draft"


def test_a_draft_that_changed_since_it_was_looked_at_is_shown_again(editor):
    draft = made()
    path = address(draft, "/activate")
    seen = fingerprint(editor, path)
    contracts.edit_draft(by=BY, revision=draft, body=WRITES)
    answer = editor.post(path, {"fingerprint": seen})
    assert answer.status_code == 409
    assert "no longer what was previewed" in answer.content.decode()
    assert status_of(draft) == "draft"
    again = {"fingerprint": answer.context["fingerprint"]}
    assert editor.post(path, again).status_code == 302


def test_another_revision_that_became_active_since_is_noticed(editor):
    draft, other = made(), made(WRITES, (1, 1))
    path = address(draft, "/activate")
    seen = fingerprint(editor, path)
    contracts.set_status(by=BY, revision=other, status="active")
    assert editor.post(path, {"fingerprint": seen}).status_code == 409
    assert status_of(other) == "active"


def test_retiring_is_previewed_and_final(editor):
    active = made(status="active")
    path = address(active, "/retire")
    assert "refuses each of its calls" in text(editor, path)
    editor.post(path, {"fingerprint": fingerprint(editor, path)})
    assert status_of(active) == "retired"
    assert editor.get(address(active, "/activate")).status_code == 409


@pytest.mark.parametrize("role", ["viewer", "operator", "knowledge_owner"])
@pytest.mark.parametrize("step", ["/edit", "/activate", "/retire"])
def test_only_a_project_administrator_edits(project, role, step):
    draft, client = made(), Client()
    client.force_login(factories.user(awoooi=role))
    assert client.get(address(draft, step)).status_code == 403
    assert client.post(address(draft, step), {"body": "{}"}).status_code == 403
    assert client.get("/awooop/contracts/new").status_code == 403
    assert status_of(draft) == "draft"


def test_an_agent_has_one_active_contract(project):
    made(status="active")
    second = made(READS, contract_id="another-name")
    with pytest.raises(Conflict) as refused:
        contracts.set_status(by=BY, revision=second, status="active")
    assert refused.value.code == "agent_has_contract"


def test_a_malformed_draft_of_former_times_does_not_become_active(project):
    draft = made()
    ContractRevision.objects.filter(pk=draft.pk).update(body={"tools": {"t": "read"}})
    with pytest.raises(Invalid):
        contracts.set_status(by=BY, revision=draft, status="active")
