"""Subscriptions: who may make them, what is refused, where the secret shows."""

from __future__ import annotations

import pytest

from awooop import callers
from awooop.actions import webhooks as actions
from awooop.errors import Conflict, Invalid, NotAllowed, NotFound
from awooop.models import AuditRecord, WebhookDelivery, WebhookSubscription
from awooop.webhooks import claims, kinds, outcomes
from tests import factories
from tests.awooop.webhooks.conftest import BY

URL = "https://pager.example.org/in"


def _make(**values) -> WebhookSubscription:
    given = {"project_id": "awoooi", "name": "pager", "url": URL, "wanted": ["incident.opened"]}
    made, _secret = actions.create(by=values.pop("by", BY), **{**given, **values})
    return made


def test_it_is_on_record_without_its_secret(project):
    _make()
    record = AuditRecord.objects.order_by("-seq").first()
    assert (record.action, record.details["url"]) == ("webhook.create", URL)
    assert "whsec" not in str(record.details)


def test_the_secret_is_not_kept_in_clear(project):
    _made, secret = actions.create(
        by=BY, project_id="awoooi", name="x", url=URL, wanted=["incident.opened"]
    )
    row = WebhookSubscription.objects.get()
    assert secret.startswith("whsec_")
    assert secret not in row.secret


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "x" * 101}, "name"),
        ({"wanted": []}, "kinds"),
        ({"wanted": ["no.such"]}, "kinds"),
        ({"url": "http://pager.example.org/"}, "url"),
        ({"url": "https://10.0.0.1/"}, "url"),
    ],
)
def test_what_is_wrong_is_named(project, values, field):
    with pytest.raises(Invalid) as refused:
        _make(**values)
    assert [row["field"] for row in refused.value.errors] == [field]


def test_a_name_is_there_once(project):
    _make()
    with pytest.raises(Conflict, match="name"):
        _make()


def test_there_is_a_bound(project, monkeypatch):
    monkeypatch.setattr(actions, "AT_MOST", 1)
    _make()
    with pytest.raises(Conflict, match="at most"):
        _make(name="another")


@pytest.mark.parametrize("role", ["viewer", "operator", "knowledge_owner"])
def test_only_administrators_may(project, role):
    caller = factories.caller_of_user(factories.user("x@example.org", awoooi=role))
    made = _make()
    with pytest.raises(NotAllowed):
        _make(by=caller, name="y")
    with pytest.raises(NotAllowed):
        actions.rotate_secret(by=caller, subscription_id=made.pk)
    with pytest.raises(NotAllowed):
        actions.update(by=caller, subscription_id=made.pk, url="https://evil.example/")
    assert WebhookSubscription.objects.get().url == URL


def test_another_projects_is_not_found(other_project):
    made = _make()
    caller = factories.caller_of_user(factories.user("x@example.org", other="project_admin"))
    with pytest.raises(NotFound):
        actions.send_test(by=caller, subscription_id=made.pk)


@pytest.fixture
def admin_page(project, client):
    client.force_login(factories.user("a@example.org", awoooi="project_admin"))
    return client


def test_the_page_subscribes_and_shows_the_secret_once(admin_page):
    form = {"project_id": "awoooi", "name": "pager", "url": URL, "kinds": ["incident.opened"]}
    answer = admin_page.post("/awooop/webhooks", form)
    assert "whsec_" in answer.content.decode()
    assert answer["Cache-Control"] == "no-store"
    made = WebhookSubscription.objects.get()
    for path in ("/awooop/webhooks", f"/awooop/webhooks/{made.pk}"):
        assert "whsec_" not in admin_page.get(path).content.decode()
    assert admin_page.post("/awooop/webhooks", {**form, "url": "x"}).status_code == 422


def test_the_page_of_one_changes_switches_tests_and_rotates(admin_page):
    made = _make()
    path = f"/awooop/webhooks/{made.pk}"
    form = {"name": "siren", "url": URL, "kinds": ["run.finished"]}
    assert admin_page.post(path, form).status_code == 302
    assert admin_page.post(f"{path}/switch", {"to": "off"}).status_code == 302
    made.refresh_from_db()
    assert (made.name, made.kinds, made.is_active) == ("siren", ["run.finished"], False)
    admin_page.post(f"{path}/switch", {"to": "on"})
    assert admin_page.post(f"{path}/test").status_code == 302
    assert "whsec_" in admin_page.post(f"{path}/secret").content.decode()
    delivery = made.deliveries.get()
    assert "webhook.test" in admin_page.get(path).content.decode()
    assert (
        admin_page.post(f"/awooop/webhooks/deliveries/{delivery.pk}/redeliver").status_code == 302
    )


def test_the_api_does_all_of_it(api):
    body = {"name": "pager", "url": URL, "kinds": ["incident.opened"]}
    made = api.post("/platform/webhook-subscriptions", body).json()
    assert made["secret"].startswith("whsec_")
    path = f"/platform/webhook-subscriptions/{made['subscription_id']}"
    listed = api.get("/platform/webhook-subscriptions").json()["subscriptions"]
    assert [row["name"] for row in listed] == ["pager"]
    assert "secret" not in listed[0]
    test = api.post(f"{path}/test").json()
    rows = api.get("/platform/webhook-deliveries", subscription_id=made["subscription_id"]).json()
    assert [row["webhook_id"] for row in rows["deliveries"]] == [test["webhook_id"]]
    again = f"/platform/webhook-deliveries/{test['delivery_id']}/redeliver"
    assert api.post(again).status_code == 202
    assert (
        api.post("/platform/webhook-subscriptions", {**body, "name": "b", "x": 1}).status_code
        == 422
    )


def test_deleted_it_is_gone_with_its_log_and_on_record(project):
    made = _make()
    webhook = actions.send_test(by=BY, subscription_id=made.pk)
    actions.delete(by=BY, subscription_id=made.pk)
    assert not WebhookSubscription.objects.exists()
    assert not WebhookDelivery.objects.exists()
    record = AuditRecord.objects.order_by("-seq").first()
    assert (record.action, record.resource_id) == ("webhook.delete", str(made.pk))
    assert record.details["url"] == URL
    assert record.details["deliveries"] == {webhook.status: 1}
    assert "whsec" not in str(record.details)


def test_it_may_be_deleted_while_an_event_is_being_posted(project):
    made = _make()
    actions.send_test(by=BY, subscription_id=made.pk)
    attempt = claims.take("awoooi")
    actions.delete(by=BY, subscription_id=made.pk)
    assert outcomes.failed(attempt, None, "no answer in time", 1) == "failed"
    assert not WebhookDelivery.objects.exists()


def test_who_may_not_edit_it_may_not_delete_it(project, other_project):
    made = _make()
    viewer = factories.caller_of_user(factories.user("o@example.org", awoooi="operator"))
    with pytest.raises(NotAllowed):
        actions.delete(by=viewer, subscription_id=made.pk)
    with pytest.raises(NotFound):
        actions.delete(by=callers.system("tests", ["other"]), subscription_id=made.pk)


def test_the_page_deletes_it_by_its_name(admin_page):
    made = _make()
    path = f"/awooop/webhooks/{made.pk}/delete"
    refused = admin_page.post(path, {"name": "another"})
    assert refused.status_code == 422
    assert "this is not the webhook&#x27;s name" in refused.content.decode()
    assert WebhookSubscription.objects.exists()
    answer = admin_page.post(path, {"name": "pager"}, follow=True)
    assert "The webhook pager is deleted." in answer.content.decode()
    assert not WebhookSubscription.objects.exists()


def test_the_api_deletes_it(api):
    path = f"/platform/webhook-subscriptions/{_make().pk}"
    assert [api.delete(path).status_code for _ in range(2)] == [204, 404]


def test_each_kind_says_what_it_is():
    assert {
        *("approval.requested", "approval.decided", "approval.expired", "incident.opened"),
        *("incident.resolved", "run.finished", "governance.event_opened", "stop.set"),
        "stop.lifted",
    } == set(kinds.all_kinds())
