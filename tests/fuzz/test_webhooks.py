"""The webhooks take real payloads with parts changed, removed, repeated and nested: never a 500."""

from __future__ import annotations

import json

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz.examples import EXAMPLES
from tests.fuzz.mutation import as_bytes, mutated, real
from tests.walks.asking import undone

pytestmark = pytest.mark.django_db
ALERTS = [
    *real("alertmanager"),
    {"version": "4", "groupKey": "disk", "status": "firing", "receiver": "awooop",
     "groupLabels": {"alertname": "DiskFull"}, "commonLabels": {"alertname": "DiskFull"},
     "commonAnnotations": {}, "externalURL": "http://alertmanager.example", "truncatedAlerts": 0,
     "alerts": [{"status": "firing", "startsAt": "2026-11-01T00:00:00Z", "fingerprint": "a1b2",
                 "endsAt": "0001-01-01T00:00:00Z", "generatorURL": "http://prometheus.example",
                 "labels": {"alertname": "DiskFull", "severity": "critical"},
                 "annotations": {"summary": "95 % used"}}]},
]  # fmt: skip
PERSON = {"id": 7, "is_bot": False, "first_name": "Nora", "language_code": "en"}
CHAT = {"id": -100, "type": "supergroup", "title": "Ops"}
UPDATES = [
    *real("telegram"),
    {"update_id": 1, "message": {"message_id": 2, "date": 3, "chat": CHAT, "from": PERSON,
                                 "text": "/start ABCD-EFGH"}},
    {"update_id": 2, "callback_query": {"id": "4", "from": PERSON, "chat_instance": "5",
                                        "data": "v1:a:AAAAAAAAAAAAAAAAAAAAAA",
                                        "message": {"message_id": 2, "date": 3, "chat": CHAT}}},
]  # fmt: skip
SECRET = "a-secret-of-the-webhook"
FUZZ = settings(
    max_examples=EXAMPLES * 10,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)


def post(path: str, body: bytes, headers: dict[str, str]):
    client = Client(raise_request_exception=False)
    with undone():
        return client.post(
            f"/api/v1/webhooks/{path}", body, content_type="application/json", headers=headers
        )


@FUZZ
@given(payload=mutated(ALERTS))
def test_alertmanager_is_answered_whatever_it_sends(mine, payload):
    answer = post("alertmanager", as_bytes(payload), {"Authorization": f"Bearer {mine.key}"})
    assert answer.status_code in (202, 413, 422), (answer.status_code, answer.content[:300])
    if answer.status_code == 422:
        assert json.loads(answer.content)["errors"]


@FUZZ
@given(payload=mutated(UPDATES))
def test_telegram_is_answered_whatever_it_sends(mine, settings, payload):
    settings.TELEGRAM_WEBHOOK_SECRET = SECRET
    answer = post("telegram", as_bytes(payload), {"X-Telegram-Bot-Api-Secret-Token": SECRET})
    assert answer.status_code in (200, 413, 422), (answer.status_code, answer.content[:300])
    if answer.status_code == 200:
        assert answer.content == b""  # a body would be executed as a call of the Bot API


@FUZZ
@given(body=st.binary(max_size=200))
@pytest.mark.parametrize("path", ["alertmanager", "telegram"])
def test_what_is_no_json_is_refused(mine, settings, path, body):
    settings.TELEGRAM_WEBHOOK_SECRET = SECRET
    headers = {"Authorization": f"Bearer {mine.key}", "X-Telegram-Bot-Api-Secret-Token": SECRET}
    assert post(path, body, headers).status_code in (200, 422)
