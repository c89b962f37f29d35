"""A key and its successor: both work for a while, and are one in all but the secret."""

from __future__ import annotations

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command

from awooop import callers, clock, tenancy
from awooop.actions import api_keys
from awooop.clock import now
from awooop.errors import Conflict, Invalid, NotAllowed, Refused
from awooop.models import ApiKey, AuditRecord
from runs.actions import approvals, tokens
from runs.models import Run
from tests import factories

HOUR = timedelta(hours=1)


def system() -> callers.Caller:
    return callers.system("tests", ["awoooi"])


def row(text: str) -> ApiKey:
    with tenancy.registry():
        return ApiKey.objects.get(prefix=text.split("_")[1])


def rotated(text: str, **values) -> str:
    _made, new = api_keys.rotate(by=system(), key=row(text), **values)
    return new


def answers(text: str) -> int:
    return factories.ApiClient(text).get("/platform/runs").status_code


def test_both_work_until_the_overlap_is_over(key):
    at = now()
    with clock.set_to(at):
        new = rotated(key)
    assert (answers(key), answers(new)) == (200, 200)
    with clock.set_to(at + 23 * HOUR):
        assert (answers(key), answers(new)) == (200, 200)
    with clock.set_to(at + 24 * HOUR):
        assert (answers(key), answers(new)) == (401, 200)
    record = AuditRecord.objects.get(action="api_key.rotate")
    assert record.details["successor"] == new.split("_")[1]


def test_without_overlap_the_old_one_ends_at_once(key):
    new = rotated(key, overlap=timedelta(0))
    assert (answers(key), answers(new)) == (401, 200)


def test_a_key_that_expires_is_followed_by_one_that_lives_as_long(project):
    at = now()
    with clock.set_to(at):
        old = factories.api_key("awoooi", expires_at=at + 30 * 24 * HOUR)
    with clock.set_to(at + 29 * 24 * HOUR + 12 * HOUR):
        new = rotated(old)
    assert row(old).expires_at == at + 30 * 24 * HOUR  # not given more time by it
    assert row(new).expires_at == at + 59 * 24 * HOUR + 12 * HOUR


def test_the_successor_holds_the_runs_of_its_predecessor(key):
    run = factories.running(key)
    new = rotated(key)
    path = f"/platform/runs/{run.run_id}/heartbeat"
    assert factories.ApiClient(new).post(path, {"worker_id": "w1"}).status_code == 200
    assert factories.ApiClient(key).post(path, {"worker_id": "w1"}).status_code == 200
    stranger = factories.ApiClient(factories.api_key("awoooi"))
    assert stranger.post(path, {"worker_id": "w1"}).status_code == 409


def test_who_asked_does_not_become_another_by_a_new_key(key):
    approval = factories.waiting(key)
    new = rotated(key)
    with pytest.raises(NotAllowed) as refused:
        approvals.decide(
            by=factories.caller_of_key(new), approval_id=approval.pk, decision="approve"
        )
    assert refused.value.code == "requester_may_not_decide"


def test_a_third_is_still_the_same_one(key):
    third = rotated(rotated(key))
    assert factories.caller_of_key(third).ident == factories.caller_of_key(key).ident


def test_it_is_replaced_once(key):
    rotated(key)
    with pytest.raises(Conflict) as refused:
        rotated(key)
    assert refused.value.code == "already_rotated"


def test_a_revoked_key_has_no_successor(key):
    api_keys.revoke(by=system(), key=row(key))
    with pytest.raises(Conflict):
        rotated(key)


@pytest.mark.parametrize("overlap", [timedelta(hours=-1), timedelta(days=31)])
def test_an_overlap_has_bounds(key, overlap):
    with pytest.raises(Invalid):
        rotated(key, overlap=overlap)


def test_nobody_replaces_a_key_that_may_not_make_one(key, operator):
    with pytest.raises(Refused):
        api_keys.rotate(by=factories.caller_of_user(operator), key=row(key))


ROTATE = "/platform/api-key/rotate"


@pytest.mark.parametrize("scope", ["read", "ingest", "decide", "govern"])
def test_a_key_of_any_scope_replaces_itself_by_api(project, scope):
    old = factories.api_key("awoooi", scopes=[scope])
    at = now()
    with clock.set_to(at):
        answer = factories.ApiClient(old).post(ROTATE, {"overlap_hours": 2})
    said = answer.json()
    assert (answer.status_code, answer["Cache-Control"]) == (201, "no-store")
    assert (said["replaces"], said["scopes"]) == (old.split("_")[1], [scope])
    assert factories.caller_of_key(said["key"]).ident == factories.caller_of_key(old).ident
    for hours, statuses in ((1, (409, 422)), (3, (401, 422))):
        with clock.set_to(at + hours * HOUR):
            asked = [(old, {"overlap_hours": 2}), (said["key"], {"overlap_hours": 721})]
            assert tuple(_rotates(key, body) for key, body in asked) == statuses
    record = AuditRecord.objects.get(action="api_key.rotate")
    assert record.details["successor"] == said["prefix"]
    assert said["key"].split("_", 2)[2] not in str(record.details)


def _rotates(key: str, body: dict) -> int:
    return factories.ApiClient(key).post(ROTATE, body).status_code


def test_a_key_of_every_project_replaces_itself_by_api(project):
    old = factories.api_key(None, scopes=["read"])
    said = factories.ApiClient(old).post(ROTATE, {}).json()
    assert (said["project_id"], answers(said["key"])) == (None, 200)


def test_a_key_that_replaces_itself_does_not_live_longer_by_it(project):
    ends = now() + 5 * 24 * HOUR
    old = factories.api_key("awoooi", scopes=["read"], expires_at=ends)
    said = factories.ApiClient(old).post(ROTATE, {}).json()
    assert row(said["key"]).expires_at == ends


def test_a_key_replaces_no_other(key):
    govern = factories.api_key("awoooi", scopes=["govern"])
    with pytest.raises(NotAllowed):
        api_keys.rotate(by=factories.caller_of_key(govern), key=row(key))


def test_the_command_prints_the_new_key_alone(key):
    out, err = StringIO(), StringIO()
    call_command("rotateapikey", key.split("_")[1], overlap_hours=2, stdout=out, stderr=err)
    assert answers(out.getvalue().strip()) == 200
    assert "The old key works until" in err.getvalue()


def test_the_command_as_json(key):
    out = StringIO()
    call_command("rotateapikey", key.split("_")[1], json=True, stdout=out, stderr=StringIO())
    said = json.loads(out.getvalue())
    assert said["replaces"] == key.split("_")[1]
    assert answers(said["key"]) == 200


def test_the_administration_shows_the_new_key_once(client, project, key):
    client.force_login(factories.user("root@example.org", is_superuser=True))
    url = f"/admin/awooop/apikey/{row(key).pk}/act/rotate/"
    answer = client.post(url, {"apply": "1", "overlap_hours": "4"})
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    new = row(key).successor
    assert f"awp_{new.prefix}_" in answer.content.decode()
    again = client.post(url, {"apply": "1", "overlap_hours": "4"})
    assert again.status_code == 409


def test_a_token_of_an_earlier_secret_key_is_still_good(key, settings):
    factories.waiting(key)
    run = Run.objects.get(state="waiting_approval")
    decided = approvals.decide_run(by=system(), run_id=run.run_id, decision="approve")
    text = tokens.signed(decided.token)
    old, settings.SECRET_KEY = settings.SECRET_KEY, "n" * 50
    with pytest.raises(tokens.TokenRefused):
        tokens.redeem(by=factories.caller_of_key(key), token=text, tool_name="kubectl.restart")
    settings.SECRET_KEY_FALLBACKS = [old]
    redeemed = tokens.redeem(
        by=factories.caller_of_key(key), token=text, tool_name="kubectl.restart"
    )
    assert redeemed.redeemed_at
