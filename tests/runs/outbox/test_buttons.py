"""Buttons: what a press brings back is ours, or nothing."""

from __future__ import annotations

from uuid import uuid4

import pytest

from runs.models import CallbackAction, OutboundMessage
from runs.telegram import buttons


@pytest.mark.parametrize("action", CallbackAction.values)
def test_a_press_names_its_message_and_action(action):
    message_id = uuid4()
    data = buttons.data_for(message_id, action)
    assert len(data.encode()) <= 64
    assert data.startswith(f"v1:{action[0]}:")
    assert buttons.read(data) == (message_id, action)


def test_an_action_cannot_be_exchanged():
    data = buttons.data_for(uuid4(), "detail")
    assert buttons.read(data.replace("v1:d:", "v1:a:")) is None


def test_another_key_does_not_open_it(settings):
    data = buttons.data_for(uuid4(), "approve")
    settings.SECRET_KEY = "another key that is long enough for this"
    assert buttons.read(data) is None


@pytest.mark.parametrize(
    "data",
    ["", "v1", "v1:a:", "v2:a:x", "v1:a:" + "é" * 43, "v1:a:" + "A" * 43, "v1:x:" + "A" * 43],
)
def test_what_we_did_not_make_is_nothing(data):
    assert buttons.read(data) is None


def links(url: str) -> list[str]:
    made = buttons.keyboard(OutboundMessage(buttons=[{"action": "open", "url": url}]))
    return [each["url"] for row in (made or {}).get("inline_keyboard", []) for each in row]


def test_a_link_that_telegram_refuses_is_left_out():
    assert links("https://console.example.org/awooop/approvals") != []
    for url in ("http://127.0.0.1:8000/x", "http://localhost/x", "javascript:x", "http://[", ""):
        assert links(url) == []


def test_buttons_that_mean_nothing_are_left_out():
    message = OutboundMessage(buttons=[{"action": "explode"}, "x", {"action": "detail"}])
    (row,) = buttons.keyboard(message)["inline_keyboard"]
    assert [each["text"] for each in row] == ["Details"]
