"""What is no update at all is refused and told; what is odd about one is passed over."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runs.models import ChannelEvent
from runs.telegram import updates


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"7", b'"x"', b"\xff", b'{"update_id": NaN}'])
def test_what_is_no_update_is_refused(telegram, project, body):
    answer = telegram.post(body)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "body"


def test_an_update_without_an_id_is_one_by_its_content(telegram, chat):
    message = {"chat": {"id": int(chat), "type": "group"}, "text": "/start"}
    for _ in range(2):
        telegram.post({"message": message})
    telegram.post({"message": {**message, "text": "other"}})
    assert sorted(ChannelEvent.objects.values_list("is_duplicate", flat=True)) == [
        False,
        False,
        True,
    ]


def test_secrets_in_a_text_are_not_stored(telegram, chat):
    text = "psql postgres://app:hunter2@db/app"
    telegram.post({"update_id": 1, "message": {"chat": {"id": int(chat)}, "text": text}})
    event = ChannelEvent.objects.get()
    assert "hunter2" not in event.content_redacted + event.content_preview


def test_the_chat_may_be_named_as_a_number_in_the_contract(telegram, project):
    from awooop.models import ContractRevision

    ContractRevision.objects.create(
        project_id="awoooi",
        contract_id="telegram",
        contract_family="channel",
        lifecycle_status="active",
        body={"telegram_chat_id": -42},
        body_hash="x",
    )
    telegram.post({"update_id": 1, "message": {"chat": {"id": -42}, "text": "hello"}})
    assert ChannelEvent.objects.get().channel_chat_id == "-42"


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["id", "from", "chat", "message", "message_id", "data", "text", "type"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@settings(max_examples=200, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.dictionaries(st.sampled_from(["update_id", "callback_query", "message"]), _JSON))
def test_whatever_the_types_an_update_is_read(body):
    update = updates.parse(body, b"x")
    assert update.provider_id
    for whole in (update.chat_id, update.sender.user_id if update.sender else None):
        assert whole is None or -(2**63) <= whole < 2**63
