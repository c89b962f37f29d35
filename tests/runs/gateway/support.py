"""An agent at work under a contract, and what asking the gateway leaves behind."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from awooop import callers
from awooop.actions import contracts
from awooop.canonical import fingerprint
from awooop.models import AuditRecord, ContractRevision
from runs.actions import approvals, tokens
from runs.models import ApprovalToken, McpCall, Run
from tests import factories

READ, WRITE = "kubectl.get", "kubectl.restart"
BODY = {"agent": "sre-agent", "tools": {READ: {"scope": "read"}, WRITE: {"scope": "write"}}}
ARGUMENTS = {"deployment": "api", "namespace": "shop"}
PERSON = callers.system("the operator on call", ["awoooi"])


def activate(body: dict[str, Any], version: tuple[int, int] = (1, 0), **values: Any):
    """Draft a contract revision and make it the active one."""
    given = {"project_id": "awoooi", "contract_id": "sre-agent", "family": "agent", **values}
    by = callers.system("tests", [given["project_id"]])
    made = contracts.draft(by=by, body=body, version=version, **given)
    return contracts.set_status(by=by, revision=made, status="active")


@dataclass
class Desk:
    """An agent that runs, its key and its contract."""

    key: str
    contract: ContractRevision
    run: Run
    api: factories.ApiClient = field(init=False)

    def __post_init__(self) -> None:
        self.api = factories.ApiClient(self.key)

    def ask(self, tool: str = READ, scope: str = "read", **values: Any) -> Any:
        """Ask for a verdict; answers the response."""
        body = {"run_id": str(self.run.run_id), "agent_id": self.run.agent_id,
                "tool_name": tool, "required_scope": scope, **values}  # fmt: skip
        return self.api.post("/platform/mcp/authorize", body)

    def write(self, token: str | None = None, **values: Any) -> Any:
        """Ask to write, with the approved arguments unless others are given."""
        return self.ask(
            values.pop("tool", WRITE),
            values.pop("scope", "write"),
            approval_token=token,
            arguments_digest=values.pop("arguments_digest", fingerprint(ARGUMENTS)),
            **values,
        )

    def approved(self, tool: str = WRITE, run: Run | None = None) -> str:
        """Have a write approved; answers the token's text."""
        asked = approvals.request(
            by=factories.caller_of_key(self.key), run_id=(run or self.run).run_id, tool_name=tool,
            suggested_action="Restart it", risk_level="medium", arguments=ARGUMENTS,
        )  # fmt: skip
        outcome = approvals.decide(by=PERSON, approval_id=asked.pk, decision="approve")
        return tokens.signed(outcome.token)


def desk(key: str, **run_values: Any) -> Desk:
    """Make an agent that runs under its contract (inside the project's scope)."""
    return Desk(key, activate(BODY), factories.running(key, **run_values))


def refusals() -> list[dict[str, Any]]:
    """The audit's details of refused calls, oldest first."""
    rows = AuditRecord.objects.filter(action="mcp.call.refused").order_by("seq")
    return [row.details for row in rows]


def redeemed() -> int:
    """How many tokens are used up."""
    return ApprovalToken.objects.filter(redeemed_at__isnull=False).count()


def only_call() -> McpCall:
    """The one call that was left."""
    return McpCall.objects.get()
