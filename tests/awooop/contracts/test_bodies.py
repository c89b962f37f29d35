"""What a contract's body may hold; what is wrong is named by its path."""

from __future__ import annotations

import pytest

from awooop import contract_bodies

GOOD = {"agent": "sre-agent", "tools": {"kubectl.get": {"scope": "read"}}}


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"tools": {}},
        GOOD,
        {**GOOD, "limits": {"max_steps": 40, "max_cost_usd": "2.50", "max_minutes": 90}},
        {**GOOD, "owner": "platform", "tools": {"t": {"scope": "admin", "note": "by hand"}}},
    ],
    ids=str,
)
def test_a_body_that_an_agent_contract_may_have(body):
    assert contract_bodies.errors("agent", body) == {}


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ([], "body"),
        ({"agent": ""}, "body.agent"),
        ({"agent": 7}, "body.agent"),
        ({"tools": []}, "body.tools"),
        ({"tools": {"kubectl.get": "read"}}, 'body.tools["kubectl.get"]'),
        ({"tools": {"kubectl.get": {}}}, 'body.tools["kubectl.get"].scope'),
        ({"tools": {"kubectl.get": {"scope": "root"}}}, 'body.tools["kubectl.get"].scope'),
        ({"tools": {"x" * 129: {"scope": "read"}}}, f"body.tools.{'x' * 129}"),
        ({"limits": {"max_steps": 0}}, "body.limits.max_steps"),
        ({"limits": {"max_cost_usd": "-1"}}, "body.limits.max_cost_usd"),
        ({"note": "x" * 200_001}, "body"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_what_is_wrong_is_named_by_its_path(body, path):
    assert list(contract_bodies.errors("agent", body)) == [path]


def test_other_families_keep_what_they_are_given():
    assert contract_bodies.errors("channel", {"tools": "none", "telegram_chat_id": "-100"}) == {}
