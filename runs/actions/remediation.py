"""Keep each run's denormalised `remediation_status` right: one set-based statement, called by every
write that could change it.
"""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db import connection

# Each incident's latest record is one index look-up; the latest of those is the run's.
# False and unknown (null) are different answers: only a known false blocks, only a known
# false says that nothing was written.
STATUS_SQL = """
case
  when latest.id is null and legacy.found then 'mcp_observed'
  when latest.id is null then 'no_evidence'
  when latest.success is false or latest.allowed is false then 'blocked'
  when latest.writes_incident_state or latest.writes_auto_repair_result then 'write_observed'
  when latest.required_scope = 'read' and latest.writes_incident_state is false
       and latest.writes_auto_repair_result is false then 'read_only_dry_run'
  else 'observed'
end
"""

_FACTS = """
left join lateral (
  select newest.* from runs_runincident link
  cross join lateral (
    select * from runs_remediationrecord item
     where item.project_id = link.project_id and item.incident_id = link.incident_id
     order by item.created_at desc, item.id desc limit 1) newest
   where link.run_id = run.run_id
   order by newest.created_at desc, newest.id desc limit 1) latest on true
left join lateral (
  select true as found from runs_runincident link
   where link.run_id = run.run_id and exists (
    select 1 from runs_legacymcprecord record
     where record.project_id = link.project_id and record.incident_id = link.incident_id)
   limit 1) legacy on true
"""

_REFRESH = f"""
update runs_run set remediation_status = fresh.status
  from (select run.run_id, {STATUS_SQL} as status from runs_run run {_FACTS}
         where run.run_id = any(%s) order by run.run_id) fresh
 where runs_run.run_id = fresh.run_id and runs_run.remediation_status <> fresh.status
"""  # noqa: S608

_RUNS_OF = """
select distinct run_id from runs_runincident where project_id = %s and incident_id = any(%s)
"""

_LOCK = """
select pg_advisory_xact_lock(hashtextextended(key, 7)) from unnest(%s::text[]) as key order by key
"""


def refresh_runs(run_ids: Collection[UUID]) -> None:
    """Recompute the status of these runs from their incidents' records."""
    if run_ids:
        with connection.cursor() as cursor:
            cursor.execute(_REFRESH, [sorted(run_ids)])


def refresh_incidents(project_id: str, incident_ids: Collection[str]) -> None:
    """Recompute the status of every run of these incidents (after a record of theirs was
    written)."""
    if not incident_ids:
        return
    with connection.cursor() as cursor:
        cursor.execute(_RUNS_OF, [project_id, sorted(incident_ids)])
        run_ids = [row[0] for row in cursor.fetchall()]
    refresh_runs(run_ids)


def lock_incidents(project_id: str, incident_ids: Collection[str]) -> None:
    """Order the writers of links and of records about the same incidents, until the transaction
    ends.

    Without it, one transaction's new record and another's new link would each miss the other.
    """
    if incident_ids:
        keys = sorted({f"{project_id}:{incident_id}" for incident_id in incident_ids})
        with connection.cursor() as cursor:
            cursor.execute(_LOCK, [keys])
