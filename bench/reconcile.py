"""After a busy hour: does the database have what was acknowledged, each once, and nothing else?"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import psycopg

ALERTS, STEPS = 10, 100  # of one request
_FOUND = """
select (select count(*) from runs_channelevent
         where project_id = %(project)s and received_at >= %(since)s
           and channel_type = 'alertmanager' and not is_duplicate) as alerts,
       (select count(distinct provider_event_id) from runs_channelevent
         where project_id = %(project)s and received_at >= %(since)s
           and channel_type = 'alertmanager' and not is_duplicate) as different_alerts,
       (select count(*) from runs_mcpcall
         where project_id = %(project)s and run_id = %(own)s
           and created_at >= %(since)s) as verdicts,
       (select count(*) from runs_step where run_id = %(own)s and created_at >= %(since)s) as steps,
       (select count(*) from runs_run
         where project_id = %(project)s and created_at >= %(since)s and state = 'completed'
           and agent_id like 'busy-%%' and step_count = 1) as runs,
       (select count(*) from runs_run
         where project_id = %(project)s and created_at >= %(since)s
           and agent_id like 'busy-%%') as runs_made,
       (select count(*) from runs_approvalvote
         where project_id = %(project)s and created_at >= %(since)s) as decisions,
       (select count(distinct approval_id) from runs_approvalvote
         where project_id = %(project)s and created_at >= %(since)s) as approvals_decided,
       (select count(*) from awooop_auditrecord
         where project_id = %(project)s and created_at >= %(since)s
           and action = 'run.approval.approve') as decisions_audited
"""
_DEADLOCKS = "select deadlocks from pg_stat_database where datname = current_database()"


def deadlocks(connection: psycopg.Connection) -> int:
    """Answer how many deadlocks the database has broken so far."""
    row = connection.execute(_DEADLOCKS).fetchone()
    assert row is not None
    return int(row[0])


def compared(
    connection: psycopg.Connection,
    acknowledged: Mapping[str, int],
    *,
    project: str,
    own: str,
    since: datetime,
) -> dict[str, Any]:
    """Answer `{name: [acknowledged, found]}` of each kind of row; equal is well."""
    given = {"project": project, "own": own, "since": since}
    with connection.cursor(row_factory=psycopg.rows.dict_row) as cursor:
        found = cursor.execute(_FOUND, given).fetchone()
    assert found is not None
    done = acknowledged
    expected = {
        "alerts": ALERTS * done["alerts"],
        "different_alerts": ALERTS * done["alerts"],
        "verdicts": done["verdicts"],
        "steps": STEPS * done["steps"],
        "runs": done["runs"],
        "runs_made": done["runs"],
        "decisions": done["decisions"],
        "approvals_decided": done["decisions"],
        "decisions_audited": done["decisions"],
    }
    return {name: [count, found[name]] for name, count in expected.items()}


def chain_is_whole(project: str) -> bool:
    """Whether the project's audit chain has no gap and no second of a number."""
    from awooop import audit, tenancy

    with tenancy.scope([project]):
        return not audit.verify(project).reason
