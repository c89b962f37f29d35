"""Saved views: own and shared, the one to open with, deleting and undoing it."""

from __future__ import annotations

import pytest

from awooop import tenancy
from awooop.actions import lists
from awooop.errors import Conflict, NotFound
from awooop.models import AuditRecord, ListPreference, OwnView, SharedView
from tests import factories

RUNS = "/awooop/runs"


def keep(client, **values):
    given = {"page": "runs", "name": "Failed", "query": "state=failed&cursor=x&page=2", **values}
    return client.post("/awooop/views", given)


def signed_in(client, **roles):
    account = factories.user("other@example.org", **roles)
    client.force_login(account)
    return client


def test_a_view_keeps_filters_and_columns_and_not_the_place_in_the_list(page, project):
    answer = keep(page, query="state=failed&cursor=x&page=2&format=csv&columns=state,cost")
    view = OwnView.objects.get()
    assert view.query == "columns=state%2Ccost&state=failed"
    assert answer["Location"] == f"{RUNS}?{view.query}"
    html = page.get(RUNS).content.decode()
    assert f'href="{RUNS}?columns=state%2Ccost&amp;state=failed"' in html


def test_what_is_shown_now_is_marked_among_the_views(page, project):
    keep(page)
    menu = page.get(RUNS, {"state": "failed"}).content.decode().split('id="list-views"')[1]
    assert 'aria-current="true"><span class="truncate">Failed' in menu


@pytest.mark.parametrize(
    "bad", [{"name": ""}, {"name": "x" * 81}, {"page": "nowhere"}, {"query": "q=" + "x" * 2_100}]
)
def test_what_makes_no_sense_is_refused_with_what_was_typed(page, project, bad):
    answer = keep(page, **bad)
    assert answer.status_code == 422
    assert bad.get("name", "Failed") in answer.content.decode()
    assert not OwnView.objects.exists()


def test_a_name_is_taken_once(page, project):
    keep(page)
    answer = keep(page, query="state=running")
    assert answer.status_code == 409
    assert "of this name already" in answer.content.decode()


def test_an_own_view_is_nobody_elses(page, client, project):
    keep(page)
    other = signed_in(client, awoooi="project_admin")
    assert "Failed" not in other.get("/awooop/views").content.decode()
    view = OwnView.objects.get()
    assert other.post(f"/awooop/views/{view.pk}/delete").status_code == 404


def test_a_shared_view_is_everybodys_in_the_project_and_audited(page, client, project):
    keep(page, is_shared="on", project_id="awoooi")
    assert SharedView.objects.get().project_id == "awoooi"
    assert AuditRecord.objects.get(action="view.share").details["name"] == "Failed"
    assert "Failed" in signed_in(client, awoooi="viewer").get(RUNS).content.decode()


def test_a_viewer_shares_nothing(client, project):
    viewer = signed_in(client, awoooi="viewer")
    assert keep(viewer, is_shared="on", project_id="awoooi").status_code == 403
    assert keep(viewer).status_code == 302


def test_a_view_of_another_project_is_not_there(page, other_project, operator):
    with tenancy.scope(["other"]):
        owner = factories.user("far@example.org", other="operator")
        view = SharedView.objects.create(
            project_id="other", owner=owner, page="runs", name="Hidden", query=""
        )
    assert "Hidden" not in page.get(RUNS).content.decode()
    assert page.post(f"/awooop/views/{view.pk}/delete").status_code == 404
    with pytest.raises(NotFound):
        lists.set_default(by=factories.caller_of_user(operator), view_id=view.pk)


def test_deleting_offers_to_undo_it(page, project):
    keep(page)
    view = OwnView.objects.get()
    page.post(f"/awooop/views/{view.pk}/delete")
    html = page.get("/awooop/views").content.decode()
    assert "No views yet" in html
    assert f'action="/awooop/views/{view.pk}/restore"' in html.split('id="messages"')[1]
    page.post(f"/awooop/views/{view.pk}/restore")
    assert "No views yet" not in page.get("/awooop/views").content.decode()


def test_a_name_that_was_taken_since_cannot_be_restored(page, project):
    keep(page)
    view = OwnView.objects.get()
    page.post(f"/awooop/views/{view.pk}/delete")
    keep(page)
    page.post(f"/awooop/views/{view.pk}/restore")
    assert OwnView.objects.filter(deleted_at=None).count() == 1


def test_only_who_shared_it_or_an_administrator_takes_it_away(page, project):
    keep(page, is_shared="on", project_id="awoooi")
    view = SharedView.objects.get()
    colleague = factories.caller_of_user(factories.user("k@example.org", awoooi="operator"))
    with pytest.raises(Conflict):
        lists.delete_view(by=colleague, view_id=view.pk)
    admin = factories.caller_of_user(factories.user("a@example.org", awoooi="project_admin"))
    assert lists.delete_view(by=admin, view_id=view.pk).deleted_at is not None


def test_the_list_opens_with_the_default_view(page, project):
    keep(page, is_default="on")
    answer = page.get(RUNS)
    assert (answer.status_code, answer["Location"]) == (302, f"{RUNS}?state=failed")
    assert page.get(RUNS, {"state": "running"}).status_code == 200
    assert page.get(RUNS, {"view": "all"}).status_code == 200
    narrowed = page.get(RUNS, {"project_id": "awoooi"})
    assert narrowed["Location"] == f"{RUNS}?state=failed&project_id=awoooi"


def test_with_a_default_view_the_last_filter_can_still_be_taken_away(page, project):
    keep(page, is_default="on")
    html = page.get(RUNS, {"state": "failed"}).content.decode()
    chips = html.split('class="chips"')[1].split("</ul>")[0]
    assert 'href="?view=all"' in chips


def test_a_deleted_default_view_opens_nothing(page, project):
    keep(page, is_default="on")
    page.post(f"/awooop/views/{OwnView.objects.get().pk}/delete")
    assert page.get(RUNS).status_code == 200


def test_it_can_open_as_before_again(page, project):
    keep(page, is_default="on")
    page.post(f"/awooop/views/{OwnView.objects.get().pk}/default", {"value": "off"})
    assert ListPreference.objects.get().default_view is None
    assert page.get(RUNS).status_code == 200


def test_there_is_an_end_to_the_views_of_one_person(page, project, monkeypatch):
    monkeypatch.setattr(lists, "MOST", 1)
    keep(page)
    assert keep(page, name="Another").status_code == 409


def change(client, view, **values):
    return client.post(f"/awooop/views/{view.pk}/change", {"name": "Broken", **values})


def test_its_owner_gives_it_another_name(page, project):
    keep(page, is_default="on")
    view = OwnView.objects.get()
    assert 'value="Failed"' in page.get(f"/awooop/views/{view.pk}/change").content.decode()
    assert change(page, view)["Location"] == "/awooop/views"
    view.refresh_from_db()
    assert (view.name, view.query) == ("Broken", "state=failed")
    assert page.get(RUNS)["Location"] == f"{RUNS}?state=failed", "the list opens with it as before"


def test_its_owner_shares_it_and_takes_that_back(page, project):
    keep(page)
    view = OwnView.objects.get()
    change(page, view, project_id="awoooi")
    shared = SharedView.objects.get()
    assert (shared.pk, shared.name, shared.query) == (view.pk, "Broken", "state=failed")
    assert not OwnView.objects.exists()
    change(page, shared)
    assert not SharedView.objects.exists()
    assert OwnView.objects.get().pk == view.pk
    told = AuditRecord.objects.filter(resource_type="shared_view").order_by("seq")
    assert [one.action for one in told] == ["view.share", "view.unshare"]


def test_the_new_name_of_a_shared_view_is_audited(page, project):
    keep(page, is_shared="on", project_id="awoooi")
    change(page, SharedView.objects.get(), project_id="awoooi")
    record = AuditRecord.objects.get(action="view.rename")
    assert record.details["name"] == "Broken"


@pytest.mark.parametrize("name", ["", "x" * 81])
def test_a_name_that_makes_no_sense_is_refused(page, project, name):
    keep(page)
    answer = change(page, OwnView.objects.get(), name=name)
    assert answer.status_code == 422
    assert "1 to 80" in answer.content.decode()
    assert OwnView.objects.get().name == "Failed"


def test_a_name_that_another_view_has_is_refused(page, project):
    keep(page)
    keep(page, name="Broken")
    answer = change(page, OwnView.objects.get(name="Failed"))
    assert answer.status_code == 409
    assert OwnView.objects.filter(name="Failed").exists()


def test_only_its_owner_changes_it(page, client, project):
    keep(page, is_shared="on", project_id="awoooi")
    view = SharedView.objects.get()
    admin = signed_in(client, awoooi="project_admin")
    assert change(admin, view, project_id="awoooi").status_code == 409
    assert SharedView.objects.get().name == "Failed"


def test_a_viewer_shares_none_of_its_own_by_changing_it(client, project):
    viewer = signed_in(client, awoooi="viewer")
    keep(viewer)
    assert change(viewer, OwnView.objects.get(), project_id="awoooi").status_code == 403
    assert not SharedView.objects.exists()


def test_a_deleted_view_is_not_changed(page, project):
    keep(page)
    view = OwnView.objects.get()
    page.post(f"/awooop/views/{view.pk}/delete")
    assert change(page, view).status_code == 404
