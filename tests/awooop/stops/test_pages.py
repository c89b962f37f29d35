"""The pages, the header's control and the banner; the API and the commands are beside."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from awooop import stops, tenancy
from awooop.models import ContractRevision, Stop
from tests import factories
from tests.awooop.stops.support import lift, place
from tests.runs.transactions import read_only

pytestmark = pytest.mark.django_db
NEW = "/awooop/stops/new"
FORM = {"project_id": "awoooi", "what": "agent", "name": "sre-agent", "reason": "Too bold"}


def text(client: Client, path: str, status: int = 200) -> str:
    with read_only():
        answer = client.get(path)
    assert answer.status_code == status, answer.content
    return answer.content.decode()


def test_stopping_takes_two_steps(admin):
    asked = admin.post(NEW, FORM)
    assert asked.status_code == 200
    assert "Stop it now" in asked.content.decode()
    assert not Stop.objects.exists()
    done = admin.post(NEW, {**FORM, "fingerprint": asked.context["fingerprint"]})
    stop = Stop.objects.get()
    assert done.headers["Location"] == f"/awooop/stops/{stop.pk}"
    assert (stop.scope, stop.agent_id, stop.reason) == ("agent", "sre-agent", "Too bold")
    assert stop.stopped_by == "admin@example.org"


def test_a_confirmation_of_something_else_is_asked_again(admin):
    asked = admin.post(NEW, FORM)
    other = {**FORM, "name": "db-agent", "fingerprint": asked.context["fingerprint"]}
    answer = admin.post(NEW, other)
    assert answer.status_code == 409
    assert "db-agent" in answer.content.decode()
    assert not Stop.objects.exists()


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"reason": ""}, "This field is required."),
        ({"name": ""}, "Say which one."),
        ({"what": "project"}, "Must be empty where everything is stopped."),
        ({"project_id": "*"}, "Select a valid choice."),
        ({"project_id": "other"}, "Select a valid choice."),
        ({"what": "planet"}, "Select a valid choice."),
    ],
)
def test_what_is_wrong_is_said_at_its_field(admin, values, says):
    answer = admin.post(NEW, {**FORM, **values})
    assert answer.status_code == 422
    assert says in answer.content.decode()


def test_a_second_stop_of_the_same_is_a_conflict_that_says_so(admin):
    place(agent_id="sre-agent")
    asked = admin.post(NEW, FORM)
    answer = admin.post(NEW, {**FORM, "fingerprint": asked.context["fingerprint"]})
    assert answer.status_code == 409
    assert "This is stopped already." in answer.content.decode()


def test_a_superuser_stops_every_project(superuser):
    form = {"project_id": "*", "what": "project", "name": "", "reason": "Everything is odd"}
    asked = superuser.post(NEW, form)
    superuser.post(NEW, {**form, "fingerprint": asked.context["fingerprint"]})
    assert stops.open_in(["awoooi"])[0].scope == "all"


def test_lifting_asks_for_a_reason(admin):
    stop = place()
    path = f"/awooop/stops/{stop.pk}/lift"
    assert "Lift it" in text(admin, path)
    assert admin.post(path, {"reason": ""}).status_code == 422
    assert admin.post(path, {"reason": "Mended"}).status_code == 302
    stop.refresh_from_db()
    assert (stop.lifted_by, stop.lift_reason) == ("admin@example.org", "Mended")
    assert admin.post(path, {"reason": "Again"}).status_code == 409


def test_the_list_shows_what_is_stopped_and_what_was(admin):
    lift(place(tool_name="pg.drop", reason="It was a storm"))
    place(agent_id="sre-agent")
    shown = text(admin, "/awooop/stops")
    for said in ("sre-agent", "pg.drop", "It was a storm", "Mended"):
        assert said in shown
    assert "Nothing is stopped" not in shown


def test_an_empty_list_says_so(admin):
    shown = text(admin, "/awooop/stops")
    assert "Nothing is stopped" in shown
    assert "Nothing was ever stopped and lifted" in shown


def test_an_operator_reads_and_is_offered_nothing(page):
    stop = place()
    shown = text(page, "/awooop/stops") + text(page, f"/awooop/stops/{stop.pk}")
    assert stop.reason in shown
    assert "Stop it…" not in shown
    assert "Lift…" not in shown
    assert text(page, NEW, 403)
    assert text(page, f"/awooop/stops/{stop.pk}/lift", 403)


def test_the_form_is_filled_in_by_the_address(admin):
    shown = text(admin, f"{NEW}?project_id=awoooi&tool=pg.drop")
    assert 'value="pg.drop"' in shown
    assert '<option value="tool" selected>' in shown


@pytest.mark.parametrize("path", ["/", "/awooop/runs", "/awooop/approvals", "/knowledge"])
def test_every_page_says_what_is_stopped_to_all_who_see_it(page, path):
    assert "is stopped" not in text(page, path)
    stop = place()
    shown = text(page, path)
    assert f"The project awoooi is stopped (tests): {stop.reason}" in shown
    assert f"/awooop/stops/{stop.pk}" in shown


def test_the_home_page_counts_what_is_stopped(page):
    assert "Stopped now" not in text(page, "/")
    place()
    shown = text(page, "/")
    assert "Stopped now" in shown
    assert 'class="tile tile-bad" href="/awooop/stops"' in shown


def test_a_stop_elsewhere_is_not_told_and_one_of_every_project_is(other_project, page):
    from awooop import tenancy
    from tests.awooop.stops.support import EVERY

    with tenancy.scope(["other"]):
        place("other", by=EVERY)
    assert "is stopped" not in text(page, "/")
    place(None)
    assert "Everything is stopped" in text(page, "/")


def test_the_header_s_control_is_for_those_who_may(admin, page):
    assert "/awooop/stops" not in text(page, "/awooop/runs")
    assert 'href="/awooop/stops/new" aria-label="Kill switch"' in text(admin, "/awooop/runs")
    place()
    shown = text(admin, "/awooop/runs")
    assert 'href="/awooop/stops" aria-label="1 stop"' in shown
    assert "btn-danger-solid" in shown


def test_a_run_s_page_offers_to_stop_its_agent_to_those_who_may(admin, page):
    run = factories.run()
    href = f"{NEW}?project_id=awoooi&amp;agent=sre-agent"
    assert href in text(admin, f"/awooop/runs/{run.run_id}")
    assert href not in text(page, f"/awooop/runs/{run.run_id}")


def test_more_than_three_are_counted(admin):
    for number in range(5):
        place(tool_name=f"tool.{number}")
    assert "2 more stops." in text(admin, "/awooop/runs")


def test_a_stop_of_another_project_is_not_found(other_project, page):
    from awooop import tenancy
    from tests.awooop.stops.support import EVERY

    with tenancy.scope(["other"]):
        stop = place("other", by=EVERY)
    assert text(page, f"/awooop/stops/{stop.pk}", 404)


def test_the_admin_lifts_by_the_same_action(other_project):
    root = Client()
    root.force_login(factories.user("root@example.org", is_superuser=True))
    stop = place(None)
    assert root.get("/admin/awooop/stop/").status_code == 200
    path = f"/admin/awooop/stop/{stop.pk}/act/lift/"
    assert root.post(path, {"apply": "1", "reason": "Mended"}).status_code == 302
    assert stops.open_in(["awoooi"]) == []


def test_the_agents_and_tools_of_contracts_are_suggested(admin):
    body = {"agent": "night-agent", "tools": {"kubectl.drain": {"scopes": ["write"]}}}
    rows = [
        ("own", "awoooi", "active"),
        ("draft", "awoooi", "draft"),
        ("theirs", "other", "active"),
    ]
    factories.project("other")
    for name, project_id, status in rows:
        with tenancy.scope([project_id]):
            ContractRevision.objects.create(
                project_id=project_id,
                contract_id=name,
                contract_family="agent",
                lifecycle_status=status,
                body=body if name == "own" else {"agent": name, "tools": {}},
            )
    found = text(admin, NEW)
    assert re.findall(r'<option value="([^"]+)" label="(\w+)">', found) == [
        ("night-agent", "agent"),
        ("kubectl.drain", "tool"),
    ]
