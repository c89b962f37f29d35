"""What was done about it: approvals, remediation records, executions, evidence, playbooks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from bench.rows.runs import TOOLS, agent
from bench.rows.table import (
    APPROVAL,
    CHANCE,
    EVIDENCE,
    EXECUTION,
    MESSAGE,
    NULL,
    PLAYBOOK,
    REMEDY,
    RUN,
    Table,
)
from bench.scale import MESSAGES, PROJECTS
from bench.world import World

_RESULTS = ("success",) * 95 + ("degraded", "failed", "failed", "timeout", NULL)
EACH_ASKED = 10  # one run in so many asked for an approval


def asked(world: World, run: int) -> bool:
    """Whether a run asked for an approval."""
    return world.is_waiting(run) or (run % EACH_ASKED == 0 and not world.is_open(run))


def _approvals(world: World, first: int, last: int) -> Iterator[str]:
    for run in range(first, last):
        if not asked(world, run):
            continue
        at = world.began(run) + timedelta(seconds=100)
        waits = world.is_waiting(run)
        over = f"pending\t{NULL}\t{NULL}"
        if not waits:
            status = "rejected" if run % 70 == 0 else "approved"
            over = f"{status}\t{(at + timedelta(minutes=2)).isoformat()}\t{status}"
        # The queue is worked down in a day: none is overdue while something is measured.
        expires = (world.end if waits else at) + timedelta(days=1 if waits else 0, hours=1)
        yield (
            f"{world.uuid(APPROVAL, run)}\t{world.project(run)}\t{world.uuid(RUN, run)}\t"
            f"{agent(run)}\t{world.incident(run)}\t{TOOLS[run % len(TOOLS)]}\t{run:064x}\t"
            f"Restart the deployment that the alert names.\t"
            f"{('low', 'medium', 'high', 'critical')[run % 4]}\t{over}\tagent\t{at.isoformat()}\t"
            f"{expires.isoformat()}\t{world.uuid(MESSAGE, run * MESSAGES)}\n"
        )


def _votes(world: World, first: int, last: int) -> Iterator[str]:
    for run in range(first, last):
        if asked(world, run) and not world.is_waiting(run):
            at = world.began(run) + timedelta(seconds=220)
            said = "reject" if run % 70 == 0 else "approve"
            yield (
                f"{world.uuid(APPROVAL, run)}\t{world.project(run)}\tuser:1\toperator@example.org\t"
                f"{said}\t{at.isoformat()}\n"
            )


def _remedies(world: World, first: int, last: int) -> Iterator[str]:
    for run in range(first, last):
        at = world.began(run) + timedelta(seconds=150)
        mode = ("dry_run", "execute", "reverify", "replay")[run % 4]
        item = f"adr100:{run}" if run % 20 == 0 else ""
        yield (
            f"{world.uuid(REMEDY, run)}\t{world.project(run)}\t{world.incident(run)}\t{item}\t"
            f"{mode}\t{agent(run)}\t{TOOLS[run % len(TOOLS)]}\t"
            f"{'write' if mode == 'execute' else 'read'}\tt\tt\tf\tf\t{at.isoformat()}\n"
        )


def playbook_project(number: int) -> int:
    """Answer which project a playbook belongs to, evenly."""
    return number % PROJECTS


def _playbook_of(world: World, run: int) -> str:
    place = world.projects.index(world.project(run))
    of_project = world.scale.playbooks // PROJECTS
    return world.uuid(PLAYBOOK, world.bits(CHANCE, run) % of_project * PROJECTS + place)


def _executions(world: World, first: int, last: int) -> Iterator[str]:
    for run in range(first, last):
        at = world.began(run) + timedelta(seconds=160)
        yield (
            f"{world.uuid(EXECUTION, run)}\t{world.project(run)}\t{world.incident(run)}\t"
            f"{world.uuid(RUN, run)}\t{_playbook_of(world, run)}\t"
            f"{'f' if run % 11 == 0 else 't'}\t{'t' if run % 10 == 0 else 'f'}\t"
            f"0.{run % 900 + 100}\t{at.isoformat()}\n"
        )


def _evidence(world: World, first: int, last: int) -> Iterator[str]:
    for run in range(first, last):
        at = world.began(run) + timedelta(seconds=200)
        result = _RESULTS[world.bits(CHANCE, run) % len(_RESULTS)]
        yield (
            f"{world.uuid(EVIDENCE, run)}\t{world.project(run)}\t{world.incident(run)}\t"
            f"{world.uuid(RUN, run)}\t{world.uuid(EXECUTION, run)}\t{result}\t"
            f'{{"pods_ready": {run % 9}}}\t{at.isoformat()}\n'
        )


def _playbooks(world: World, first: int, last: int) -> Iterator[str]:
    for number in range(first, last):
        trust = world.bits(CHANCE, number) % 900 + 100
        used = world.end - timedelta(days=number % 25)
        status = "deprecated" if number % 10 == 0 else "approved"
        yield (
            f"{world.uuid(PLAYBOOK, number)}\t{world.projects[playbook_project(number)]}\t"
            f"Repair {number:06d}\t{status}\t0.{trust}\t{number % 300}\t{number % 40}\t"
            f"{used.isoformat()}\t{world.start.isoformat()}\n"
        )


TABLES = (
    Table(
        "runs.Playbook",
        "playbook_id project_id name status trust_score success_count failure_count last_used_at "
        "created_at",
        "playbooks",
        _playbooks,
    ),
    Table(
        "runs.Approval",
        "id project_id run_id agent_id incident_id tool_name digest suggested_action risk_level "
        "status resolved_at disposition requested_by requested_at expires_at notification_id",
        "runs",
        _approvals,
    ),
    Table(
        "runs.ApprovalVote",
        "approval_id project_id approver approver_label decision created_at",
        "runs",
        _votes,
    ),
    Table(
        "runs.RemediationRecord",
        "id project_id incident_id work_item_id mode agent_id tool_name required_scope allowed "
        "success writes_incident_state writes_auto_repair_result created_at",
        "runs",
        _remedies,
    ),
    Table(
        "runs.Execution",
        "id project_id incident_id run_id playbook_id success human_approved predicted_confidence "
        "created_at",
        "runs",
        _executions,
    ),
    Table(
        "runs.Evidence",
        "id project_id incident_id run_id execution_id verification_result snapshot collected_at",
        "runs",
        _evidence,
    ),
)
