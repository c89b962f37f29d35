"""The gateway's cases: what stands in a call's way, with the verdict and the audit of each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from awooop import callers
from awooop.actions import contracts
from awooop.clock import now
from awooop.models import Project
from runs.actions import runs
from runs.models import ApprovalToken, McpCall, Run
from tests import factories
from tests.awooop.stops import support as stops
from tests.runs.gateway.support import (  # fmt: skip
    BODY,
    PERSON,
    READ,
    WRITE,
    Desk,
    activate,
    desk,
    redeemed,
    refusals,
)

pytestmark = pytest.mark.django_db


def _project(**values: Any) -> None:
    Project.objects.filter(pk="awoooi").update(**values)


def _run(desk: Desk, **values: Any) -> None:
    Run.objects.filter(pk=desk.run.pk).update(**values)


def _retire(desk: Desk) -> None:
    by = callers.system("tests", ["awoooi"])
    contracts.set_status(by=by, revision=desk.contract, status="retired")


def inactive_project(desk: Desk) -> Any:
    _project(is_active=False)
    return desk.ask()


def no_contract(desk: Desk) -> Any:
    _retire(desk)
    return desk.ask()


def tool_not_named(desk: Desk) -> Any:
    return desk.ask("kubectl.exec")


def another_agents_contract(desk: Desk) -> Any:
    activate({"agent": "db-agent", "tools": {"pg.drop": {"scope": "admin"}}}, contract_id="db")
    return desk.ask("pg.drop", agent_id="db-agent")


def scope_too_high(desk: Desk) -> Any:
    return desk.write(desk.approved(READ), tool=READ)


def admin_of_a_write_tool(desk: Desk) -> Any:
    return desk.write(desk.approved(), scope="admin")


def killed_run(desk: Desk) -> Any:
    runs.cancel(by=PERSON, run_id=desk.run.run_id, reason="Wrong host")
    return desk.ask()


def late_run(desk: Desk) -> Any:
    _run(desk, timeout_at=now() - timedelta(seconds=1))
    return desk.ask()


def over_by_a_cent(desk: Desk) -> Any:
    _project(budget_limit_usd=Decimal("10.00"))
    _run(desk, cost_usd=Decimal("10.01"))
    return desk.ask()


def at_the_limit(desk: Desk) -> Any:
    _project(budget_limit_usd=Decimal("10.00"))
    _run(desk, cost_usd=Decimal("10.00"))
    return desk.ask()


def under_by_a_cent(desk: Desk) -> Any:
    _project(budget_limit_usd=Decimal("10.00"))
    _run(desk, cost_usd=Decimal("9.99"))
    return desk.ask()


def no_token(desk: Desk) -> Any:
    return desk.write()


def not_a_token(desk: Desk) -> Any:
    return desk.write("not.a.token")


def wrong_tools_token(desk: Desk) -> Any:
    token = desk.approved("kubectl.delete")
    return desk.write(token)


def another_runs_token(desk: Desk) -> Any:
    other = factories.running(desk.key)
    return desk.write(desk.approved(run=other))


def expired_token(desk: Desk) -> Any:
    token = desk.approved()
    ApprovalToken.objects.update(expires_at=now() - timedelta(seconds=1))
    return desk.write(token)


def redeemed_token(desk: Desk) -> Any:
    token = desk.approved()
    assert desk.write(token).json()["allowed"] is True
    return desk.write(token)


def altered_arguments(desk: Desk) -> Any:
    return desk.write(desk.approved(), arguments_digest="0" * 64)


def no_digest(desk: Desk) -> Any:
    return desk.write(desk.approved(), arguments_digest=None)


def contract_retired_in_between(desk: Desk) -> Any:
    token = desk.approved()
    _retire(desk)
    return desk.write(token)


def contract_replaced_in_between(desk: Desk) -> Any:
    token = desk.approved()
    activate(BODY, (1, 1))
    return desk.write(token)


def killed_run_with_a_token(desk: Desk) -> Any:
    token = desk.approved()
    runs.cancel(by=PERSON, run_id=desk.run.run_id, reason="Wrong host")
    return desk.write(token)


def two_gates_at_once(desk: Desk) -> Any:
    _project(is_active=False)
    _retire(desk)
    return desk.write()


def scope_and_budget_at_once(desk: Desk) -> Any:
    _project(budget_limit_usd=Decimal(0))
    return desk.write(tool=READ)


def read(desk: Desk) -> Any:
    return desk.ask()


def read_with_a_write_tool(desk: Desk) -> Any:
    return desk.ask(WRITE)


def write(desk: Desk) -> Any:
    return desk.write(desk.approved())


def shadow_run(desk: Desk) -> Any:
    _run(desk, is_shadow=True)
    return desk.write()


def shadow_project(desk: Desk) -> Any:
    _project(migration_mode="shadow")
    return desk.ask("kubectl.exec")


def stopped_read(desk: Desk) -> Any:
    stops.place(tool_name="kubectl.get")
    return desk.ask()


def stopped_write(desk: Desk) -> Any:
    token = desk.approved()
    stops.place()
    return desk.write(token)


def stopped_in_between(desk: Desk) -> Any:
    token = desk.approved()
    stop = stops.place(agent_id="sre-agent")
    assert desk.write(token).json()["allowed"] is False
    stops.lift(stop)
    return desk.write(token)


def stopped_and_all_else_at_once(desk: Desk) -> Any:
    _project(is_active=False, budget_limit_usd=Decimal(0))
    _retire(desk)
    stops.place()
    return desk.write()


@dataclass(frozen=True)
class Case:
    """What is done, and what comes of it: the gate, a part of the reason, audit, token used."""

    do: Callable[[Desk], Any]
    gate: str | None
    why: str = ""
    audited: int = 0
    redeemed: int = 0
    is_shadow: bool = False


CASES = [
    # each gate alone
    Case(inactive_project, "project", "not active"),
    Case(no_contract, "contract", "no active contract"),
    Case(tool_not_named, "contract", "does not name kubectl.exec"),
    Case(another_agents_contract, "contract", "is sre-agent's, not db-agent's"),
    Case(scope_too_high, "scope", "for read, the call needs write", audited=1),
    Case(admin_of_a_write_tool, "scope", "for write, the call needs admin", audited=1),
    Case(killed_run, "budget", "it is cancelled"),
    Case(late_run, "budget", "time is over"),
    Case(over_by_a_cent, "budget", "10.010000 of 10.0000 USD"),
    Case(at_the_limit, "budget", "10.000000 of 10.0000 USD"),
    Case(under_by_a_cent, None),
    Case(no_token, "approval", "needs an approval token", audited=1),
    Case(not_a_token, "approval", "not one of ours", audited=1),
    Case(wrong_tools_token, "approval", "another tool", audited=1),
    Case(another_runs_token, "approval", "another run", audited=1),
    Case(expired_token, "approval", "expired", audited=1),
    Case(redeemed_token, "approval", "redeemed already", audited=1, redeemed=1),
    Case(altered_arguments, "approval", "not the arguments", audited=1),
    Case(no_digest, "approval", "digest of its arguments", audited=1),
    # what changed between the approval and the call
    Case(contract_retired_in_between, "contract", "no active contract", audited=1),
    Case(contract_replaced_in_between, "approval", "contract was changed", audited=1),
    Case(killed_run_with_a_token, "budget", "it is cancelled", audited=1),
    # two at once: the first wins
    Case(two_gates_at_once, "project", "not active", audited=1),
    Case(scope_and_budget_at_once, "scope", "the call needs write", audited=1),
    Case(stopped_and_all_else_at_once, "stop", "is stopped", audited=1),
    # the kill switch
    Case(stopped_read, "stop", "The tool kubectl.get is stopped in awoooi"),
    Case(stopped_write, "stop", "The project awoooi is stopped", audited=1),
    Case(stopped_in_between, None, audited=1, redeemed=1),
    # what passes
    Case(read, None),
    Case(read_with_a_write_tool, None),
    Case(write, None, redeemed=1),
    # what only watches
    Case(shadow_run, "approval", "needs an approval token", is_shadow=True),
    Case(shadow_project, "contract", "does not name", is_shadow=True),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.do.__name__)
def test_a_case(desk, case):
    answer = case.do(desk)
    assert answer.status_code == 200, answer.content
    said = answer.json()
    is_refused = bool(case.gate) and not case.is_shadow
    assert said["allowed"] is not is_refused
    assert said["policy_enforced"] is not case.is_shadow
    assert said["block_gate"] == (case.gate if is_refused else None)
    assert case.why in (said["block_reason"] or "") or case.is_shadow
    last = said["gate_result"]["gates"][-1]
    assert (last["name"], last["ok"]) == (case.gate or "approval", case.gate is None)
    assert case.why in (last["why"] or "")
    _is_on_record(said, is_refused)
    assert len(refusals()) == case.audited
    assert redeemed() == case.redeemed


def _is_on_record(said: dict[str, Any], is_refused: bool) -> None:
    call = McpCall.objects.get(pk=said["call_id"])
    assert call.result_status == ("blocked" if is_refused else "allowed")
    assert (call.block_gate, call.block_reason) == (said["block_gate"], said["block_reason"])
    assert call.gate_result == said["gate_result"]
    assert call.by_gateway


def test_the_audit_of_a_refused_write_says_which_gate_and_why(desk):
    said = redeemed_token(desk).json()
    (details,) = refusals()
    assert details["gate"] == "approval"
    assert details["reason"] == said["block_reason"]
    assert details["token_refused"] == "token_redeemed"
    assert (details["tool_name"], details["required_scope"]) == (WRITE, "write")


def test_a_token_that_another_gate_refuses_is_kept_for_later(desk):
    token = desk.approved()
    _project(budget_limit_usd=Decimal(0))
    assert desk.write(token).json()["block_gate"] == "budget"
    _project(budget_limit_usd=None)
    assert desk.write(token).json()["allowed"] is True


def test_a_shadow_write_uses_its_token_up_as_an_enforced_one_would(desk):
    token = desk.approved()
    _run(desk, is_shadow=True)
    assert desk.write(token).json()["gate_result"]["gates"][-1]["ok"] is True
    again = desk.write(token).json()
    assert again["allowed"] is True
    assert again["gate_result"]["token_refused"] == "token_redeemed"


def test_hints_of_the_mcp_server_are_kept_and_widen_nothing(desk):
    hints = {"readOnlyHint": True, "destructiveHint": False, "title": "Harmless"}
    said = desk.ask("kubectl.exec", annotations=hints).json()
    assert said["block_gate"] == "contract"
    assert said["gate_result"]["untrusted_hints"] == hints
    assert desk.write(annotations=hints).json()["block_gate"] == "approval"


def test_a_contract_that_names_its_agent_only_by_its_id_holds(key):
    here = desk(key)
    activate({"tools": {"kubectl.logs": {"scope": "read"}}}, (2, 0))
    assert here.ask("kubectl.logs").json()["allowed"] is True


def test_the_verdict_names_the_contract_and_the_approval(desk):
    said = desk.write(desk.approved()).json()["gate_result"]
    token = ApprovalToken.objects.get()
    assert said["contract_revision_id"] == str(desk.contract.pk)
    assert said["approval_id"] == str(token.approval_id)
    assert said["approval_token_jti"] == str(token.jti)
