"""Look up what the gates ask about: the project, the agent's contract, what was spent."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Q, Sum

from awooop.models import ContractRevision, Project
from awooop.models.contract import ContractFamily, LifecycleStatus
from awooop.models.project import MigrationMode
from runs import policies
from runs.models import ProjectSpend, Run


def contract_of(project_id: str, agent_id: str) -> ContractRevision | None:
    """Answer the active agent contract that is this agent's: the one whose body names the agent,
    or whose id is the agent's."""
    rows = ContractRevision.objects.filter(
        Q(body__agent=agent_id) | Q(contract_id=agent_id),
        project_id=project_id,
        contract_family=ContractFamily.AGENT,
        lifecycle_status=LifecycleStatus.ACTIVE,
    ).order_by("contract_id")
    by_id = None
    for row in rows:
        if row.body.get("agent") == agent_id:
            return row
        if "agent" not in row.body:
            by_id = row
    return by_id


def tools_of(contract: ContractRevision | None) -> dict[str, Any] | None:
    """Answer the tools that a contract grants; None where there is no contract."""
    if contract is None:
        return None
    tools = contract.body.get("tools")
    if not isinstance(tools, dict):
        return {}
    return {name: grant for name, grant in tools.items() if isinstance(grant, dict)}


def is_shadow(project: Project, run: Run | None) -> bool:
    """Whether the gates only watch: a shadow run, or a project in mode `shadow`."""
    return project.migration_mode == MigrationMode.SHADOW or bool(run and run.is_shadow)


def over_budget(project: Project, at: datetime) -> str:
    """Answer why the project may spend no more this month (its own calendar), or ''."""
    limit = project.budget_limit_usd
    if limit is None:
        return ""
    spent = spent_this_month(project, at)
    if spent < limit:
        return ""
    return f"The project's budget for the month is spent: {spent:f} of {limit:f} USD."


def spent_this_month(project: Project, at: datetime) -> Decimal:
    """Answer what the runs made in the project's current calendar month have cost, in USD.

    Read from the ledger, at most 17 rows however many runs there are.
    """
    month = at.astimezone(ZoneInfo(project.timezone)).date().replace(day=1)
    rows = ProjectSpend.objects.filter(project_id=project.pk, month=month)
    return rows.aggregate(sum=Sum("amount_usd"))["sum"] or Decimal(0)


def run_is_over(run: Run, at: datetime) -> str:
    """Answer why a run may call nothing any more, or ''."""
    if run.state in policies.FINAL:
        return f"The run is over: it is {run.state}."
    if run.timeout_at is not None and run.timeout_at <= at:
        return "The run's time is over."
    return ""


def other_agent(run: Run, agent_id: str) -> str:
    """Answer why an agent may not call for a run, or '': each agent has a contract of its own."""
    return "" if run.agent_id == agent_id else f"The run is {run.agent_id}'s, not {agent_id}'s."


def named(contract: ContractRevision | None) -> dict[str, str]:
    """Answer which contract revision was asked, for the record of a call."""
    if contract is None:
        return {}
    return {"contract": str(contract), "contract_revision_id": str(contract.pk)}
