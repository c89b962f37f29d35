"""One token, many hands: exactly one call passes."""

from __future__ import annotations

from awooop import tenancy
from awooop.canonical import fingerprint
from runs.actions import gateway
from runs.models import McpCall, McpStatus
from tests import factories
from tests.runs.gateway.support import ARGUMENTS, WRITE, desk, redeemed, refusals
from tests.runs.together import together


def test_of_eight_calls_with_one_token_one_is_allowed(truncatable):
    factories.project("awoooi")
    with tenancy.scope(["awoooi"]):
        key = factories.api_key("awoooi")
        here = desk(key)
        token = here.approved()
        by = factories.caller_of_key(key)
    asked = gateway.Asked(
        run_id=here.run.run_id, agent_id="sre-agent", tool_name=WRITE, required_scope="write",
        arguments_digest=fingerprint(ARGUMENTS), approval_token=token,
    )  # fmt: skip

    def ask() -> str:
        with tenancy.scope(["awoooi"]):
            return gateway.authorize(by=by, asked=asked).result_status

    statuses = together([ask] * 8)
    assert sorted(statuses) == [McpStatus.ALLOWED] + [McpStatus.BLOCKED] * 7
    with tenancy.scope(["awoooi"]):
        assert McpCall.objects.count() == 8
        assert (redeemed(), len(refusals())) == (1, 7)
