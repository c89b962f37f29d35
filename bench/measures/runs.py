"""Lists, details, inboxes, the machine's own numbers."""

from __future__ import annotations

from typing import Any

from bench.measures.measure import ALL, NOBODY, SESSION, Measure
from bench.rows.runs import AGENTS, agent
from bench.rows.table import RUN
from bench.world import World

LIST_MS, DETAIL_MS, INBOX_MS = 25, 25, 40
_COLUMNS = (
    "run_id, project_id, agent_id, state, is_shadow, cost_usd, step_count, created_at, timeout_at"
)
_LIST = f"""
select {_COLUMNS} from runs_run where project_id = %(project)s {{}}
 order by created_at desc, run_id desc limit 51
"""
_LAST = f"""
select * from (select {_COLUMNS} from runs_run where project_id = %(project)s {{}}
 order by created_at, run_id limit 50) page order by created_at desc, run_id desc
"""
_OF_ALL = f"""
select page.* from unnest(%(projects)s::text[]) as visible(project)
 cross join lateral (select {_COLUMNS} from runs_run where project_id = visible.project
  order by created_at desc, run_id desc limit 51) page
 order by created_at desc, run_id desc limit 51
"""
_DETAIL = """
select to_jsonb(run),
  (select jsonb_agg(s order by created_at) from runs_step s where s.run_id = run.run_id),
  (select jsonb_agg(c order by created_at) from runs_mcpcall c where c.run_id = run.run_id),
  (select jsonb_agg(e order by received_at) from runs_channelevent e where e.run_id = run.run_id),
  (select jsonb_agg(m order by queued_at) from runs_outboundmessage m where m.run_id = run.run_id),
  (select jsonb_agg(i) from runs_runincident l join runs_incident i
      on i.incident_id = l.incident_id where l.run_id = run.run_id)
  from runs_run run where run.run_id = %(run)s and run.project_id = %(project)s
"""
_INBOX = """
select id, project_id, run_id, incident_id, tool_name, suggested_action, risk_level, requested_at,
       expires_at from runs_approval
 where project_id = %(project)s and status = 'pending' order by requested_at, id limit 50
"""


def measures(world: World) -> list[Measure]:
    """Answer the measures of this subject."""
    return [*_lists(world), *_one(world), *_pages(world), *_machines()]


def _lists(world: World) -> list[Measure]:
    project = world.projects[0]
    run = _some_run(world)
    narrowed: dict[str, tuple[str, Any]] = {
        "state=failed": ("and state = %(value)s", "failed"),
        "state=waiting_approval": ("and state = %(value)s", "waiting_approval"),
        f"agent_id={agent(run)}": ("and agent_id = %(value)s", agent(run)),
        "agent_id=nobody": ("and agent_id = %(value)s", "nobody"),
        "remediation_status=write_observed": (
            "and remediation_status = %(value)s",
            "write_observed",
        ),
    }
    found = [_list("runs list, first page", "", "", project)]
    found += [
        _list(f"runs list, {query}", query, where, project, value=value)
        for query, (where, value) in narrowed.items()
    ]
    by_incident = (
        "and run_id in (select run_id from runs_runincident "
        "where project_id = %(project)s and incident_id = %(value)s)"
    )
    incident = world.incident(run)
    found.append(
        _list("runs list, incident_id", f"incident_id={incident}", by_incident, project,
              value=incident)
    )  # fmt: skip
    found.append(_list("runs list, q", f"q={incident}", by_incident, project, value=incident))
    found.append(
        Measure("runs list, last page by cursor", "/api/v1/platform/runs?cursor={last}",
                _LAST.format(""), {"project": project}, LIST_MS)
    )  # fmt: skip
    found.append(
        Measure("runs list, state=failed, last page by cursor",
                "/api/v1/platform/runs?state=failed&cursor={last_failed}",
                _LAST.format("and state = 'failed'"), {"project": project}, LIST_MS)
    )  # fmt: skip
    found.append(
        Measure("runs list of 20 projects", "/api/v1/platform/runs", _OF_ALL,
                {"projects": list(world.projects)}, LIST_MS, ALL)
    )  # fmt: skip
    return found


def _list(name: str, query: str, where: str, project: str, **given: Any) -> Measure:
    path = "/api/v1/platform/runs" + (f"?{query}" if query else "")
    return Measure(name, path, _LIST.format(where), {"project": project, **given}, LIST_MS)


def _some_run(world: World) -> int:
    """Answer the number of a run of the first project that is over, from the middle."""
    first = world.scale.runs // 2
    return next(run for run in range(first, first + 500) if world.project(run) == world.projects[0])


def _one(world: World) -> list[Measure]:
    project, run = world.projects[0], world.uuid(RUN, _some_run(world))
    given = {"project": project, "run": run}
    return [
        Measure("run detail", f"/api/v1/platform/runs/{run}", _DETAIL, given, DETAIL_MS),
        Measure("run detail, page", f"/awooop/runs/{run}", _DETAIL, given, DETAIL_MS, SESSION),
        Measure("approvals inbox, 1,000 waiting", "/api/v1/platform/approvals", _INBOX,
                {"project": project}, INBOX_MS),
        Measure("approvals inbox, page", "/awooop/approvals", _INBOX, {"project": project},
                INBOX_MS, SESSION),
    ]  # fmt: skip


def _pages(world: World) -> list[Measure]:
    assert AGENTS
    project, every = world.projects[0], {"projects": list(world.projects)}
    calls = """
    select call_id, agent_id, tool_name, result_status, block_gate, latency_ms, created_at
      from runs_mcpcall where project_id = %(project)s order by created_at desc, call_id desc
     limit 51"""
    queue = """
    select id, event_type, executor_type, dispatch_status, workflow_stage, created_at
      from governance_dispatch where project_id = %(project)s
     order by created_at desc, id desc limit 51"""
    return [
        Measure("runs page", f"/awooop/runs?project_id={project}", _LIST.format(""),
                {"project": project}, LIST_MS, SESSION),
        Measure("runs page of 20 projects", "/awooop/runs", _OF_ALL, every, LIST_MS, SESSION),
        Measure("home page of 20 projects", "/", "", {}, None, SESSION),
        Measure("incidents page", f"/awooop/incidents?project_id={project}", "", {}, None, SESSION),
        Measure("gateway calls page", f"/awooop/gateway?project_id={project}", calls,
                {"project": project}, None, SESSION),
        Measure("channel events", "/api/v1/platform/channel-events", "", {}, None),
        Measure("outbox, undelivered", "/api/v1/platform/outbox", "", {}, None),
        Measure("governance queue", "/api/v1/ai/governance/queue", queue, {"project": project},
                None),
        Measure("work items", "/api/v1/platform/work-items", "", {}, None),
        Measure("truth-chain quality summary, limit 8",
                f"/api/v1/platform/truth-chain/quality/summary?project_id={project}&limit=8",
                "", {}, 50),
    ]  # fmt: skip


def _machines() -> list[Measure]:
    counters = "select name, labels, value from awooop_countertotal"
    return [
        Measure("/metrics", "/metrics", counters, {}, 30, NOBODY),
    ]
