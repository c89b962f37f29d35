"""Look up what the gates ask about: the run and its project, the agent's contract, what was spent.

In one statement of fixed text: an agent waits for the answer before each tool call.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from awooop.models import ContractRevision, Project, Stop
from awooop.models.project import MigrationMode
from runs import policies
from runs.models import Run

# The one whose body names the agent comes before the one whose id is the agent's.
_CONTRACT = """
select revision_id, project_id, contract_id, contract_family, version_major, version_minor, body
from awooop_contractrevision
where project_id = {project} and contract_family = 'agent' and lifecycle_status = 'active'
  and (body -> 'agent' = to_jsonb(%(agent)s::text)
    or (contract_id = %(agent)s and not jsonb_exists(body, 'agent')))
order by jsonb_exists(body, 'agent') desc, contract_id limit 1
"""
_CONTRACT_ALONE = _CONTRACT.format(project="%(project)s")
# At most 17 rows, however many runs there are.
_SPENT = """
select coalesce(sum(amount_usd), 0) from runs_projectspend
where project_id = {project} and month = awooop_month_of({project}, %(at)s)
"""
_SPENT_ALONE = _SPENT.format(project="%(project)s")
_SITUATION = f"""
select run.run_id, run.project_id, run.agent_id, run.state, run.is_shadow, run.worker_id,
  run.worker_key, run.timeout_at, project.is_active as project_is_active,
  project.migration_mode as project_mode, project.budget_limit_usd as project_budget,
  case when project.budget_limit_usd is not null
    then ({_SPENT.format(project="run.project_id")}) end as spent,
  contract.revision_id as contract_revision_id, contract.contract_id,
  contract.version_major, contract.version_minor, contract.body as contract_body,
  stop.stop_id, stop.scope as stop_scope, stop.project_id as stop_project_id,
  stop.agent_id as stop_agent_id, stop.tool_name as stop_tool_name, stop.reason as stop_reason,
  stop.stopped_by as stop_stopped_by
from runs_run run join awooop_project project using (project_id)
left join lateral ({_CONTRACT.format(project="run.project_id")}) contract on true
left join lateral awooop_stop_holding(run.project_id, run.agent_id, %(tool)s) stop on true
where run.run_id = %(run)s and run.project_id = any(%(projects)s)
"""  # noqa: S608 - of fixed texts


@dataclass(frozen=True)
class Situation:
    """All that the gates ask of the database: one look, one statement."""

    run: Run
    contract: ContractRevision | None
    spent: Decimal | None
    stop: Stop | None = None


@dataclass(frozen=True)
class Call:
    """Whose call it is, of which tool, for which run."""

    run_id: UUID
    agent_id: str
    tool_name: str


def situation(call: Call, projects: Sequence[str], at: datetime, *, lock: bool) -> Situation | None:
    """Answer a run with its project, the agent's contract, what was spent (None: no budget) and
    the stop that holds the call back; until the transaction ends no further stop is committed.

    The run is locked if wanted; None where there is no such run in the projects.
    """
    given = {
        "run": call.run_id,
        "agent": call.agent_id,
        "tool": call.tool_name,
        "projects": list(projects),
        "at": at,
    }
    statement = f"{_SITUATION} for update of run" if lock else _SITUATION
    for run in Run.objects.raw(statement, given):
        run.project = Project(
            project_id=run.project_id,
            is_active=run.project_is_active,
            migration_mode=run.project_mode,
            budget_limit_usd=run.project_budget,
        )
        return Situation(run, _contract_in(run), run.spent, _stop_in(run))
    return None


def _stop_in(row: Any) -> Stop | None:
    if row.stop_id is None:
        return None
    names = ("scope", "project_id", "agent_id", "tool_name", "reason", "stopped_by")
    return Stop(stop_id=row.stop_id, **{name: getattr(row, f"stop_{name}") for name in names})


def _contract_in(row: Any) -> ContractRevision | None:
    if row.contract_revision_id is None:
        return None
    body = row.contract_body
    return ContractRevision(
        revision_id=row.contract_revision_id,
        project_id=row.project_id,
        contract_id=row.contract_id,
        version_major=row.version_major,
        version_minor=row.version_minor,
        body=json.loads(body) if isinstance(body, str) else body,
    )


def contract_of(project_id: str, agent_id: str) -> ContractRevision | None:
    """Answer the active agent contract that is this agent's: the one whose body names the agent,
    or whose id is the agent's."""
    given = {"project": project_id, "agent": agent_id}
    return next(iter(ContractRevision.objects.raw(_CONTRACT_ALONE, given)), None)


def tools_of(contract: ContractRevision | None) -> dict[str, Any] | None:
    """Answer the tools that a contract grants; None where there is no contract."""
    if contract is None:
        return None
    tools = contract.body.get("tools")
    if not isinstance(tools, dict):
        return {}
    return {name: grant for name, grant in tools.items() if isinstance(grant, dict)}


def named_stop(stop: Stop | None) -> dict[str, str]:
    """Answer which stop held a call back, for the record of the call."""
    return {} if stop is None else {"stop_id": str(stop.stop_id), "stop_scope": stop.scope}


def named(contract: ContractRevision | None) -> dict[str, str]:
    """Answer which contract revision was asked, for the record of a call."""
    if contract is None:
        return {}
    return {"contract": str(contract), "contract_revision_id": str(contract.pk)}


def other_agent(run: Run, agent_id: str) -> str:
    """Answer why an agent may not call for a run, or '': each agent has a contract of its own."""
    if run.agent_id == agent_id:
        return ""
    return _("The run is %(its)s's, not %(asking)s's.") % {"its": run.agent_id, "asking": agent_id}


def is_shadow(project: Project, run: Run | None) -> bool:
    """Whether the gates only watch: a shadow run, or a project in mode `shadow`."""
    return project.migration_mode == MigrationMode.SHADOW or bool(run and run.is_shadow)


def run_is_over(run: Run, at: datetime) -> str:
    """Answer why a run may call nothing any more, or ''."""
    if run.state in policies.FINAL:
        return _("The run is over: it is %(state)s.") % {"state": run.state}
    if run.timeout_at is not None and run.timeout_at <= at:
        return _("The run's time is over.")
    return ""


def over_budget(project: Project, at: datetime) -> str:
    """Answer why the project may spend no more this month (its own calendar), or ''."""
    if project.budget_limit_usd is None:
        return ""
    return spent_out(project, spent_this_month(project, at))


def spent_out(project: Project, spent: Decimal | None) -> str:
    """Answer why a project that spent this much this month may spend no more, or ''."""
    limit = project.budget_limit_usd
    if limit is None or (spent is not None and spent < limit):
        return ""
    return _("The project's budget for the month is spent: %(spent)s of %(limit)s USD.") % {
        "spent": f"{spent:f}",
        "limit": f"{limit:f}",
    }


def spent_this_month(project: Project, at: datetime) -> Decimal:
    """Answer what the runs made in the project's current calendar month have cost, in USD, by the
    ledger that the database keeps."""
    with connection.cursor() as cursor:
        cursor.execute(_SPENT_ALONE, {"project": project.pk, "at": at})
        return cursor.fetchone()[0]
