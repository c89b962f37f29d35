"""What was acknowledged, and whether the database has exactly that."""

from __future__ import annotations

import threading
from collections import defaultdict
from typing import Any

import psycopg

# For each kind of acknowledged fact: how its rows are found, by what the fact is called.
STORED = {
    "runs": "select run_id::text from runs_run",
    "steps": "select run_id::text || '/' || step_seq from runs_step where tool_name = 'node.df'",
    "firing": "select distinct labels ->> 'life' from (select jsonb_path_query(source_envelope,"
    " '$.**.labels') labels from runs_channelevent) events where labels ? 'life'",
    "approvals": "select run_id::text from runs_approval",
    "decisions": "select run_id::text from runs_approval where status = 'approved'",
    "redemptions": "select a.run_id::text from runs_approvaltoken t join runs_approval a"
    " on a.id = t.approval_id where t.redeemed_at is not null",
    "completed": "select run_id::text from runs_run where state = 'completed'",
    "resolved": "select labels ->> 'life' from runs_incident where status = 'resolved'",
}
# What must be there once for each of something.
ONCE = {
    "incidents of one alert": "select fingerprint, count(*) from runs_incident group by 1"
    " having count(*) > 1",
    "approvals of one run": "select run_id, count(*) from runs_approval group by 1"
    " having count(*) > 1",
    "votes of one person on one approval": "select approval_id, approver, count(*)"
    " from runs_approvalvote group by 1, 2 having count(*) > 1",
    "tokens of one approval": "select approval_id, count(*) from runs_approvaltoken group by 1"
    " having count(*) > 1",
    "decisions in the audit trail": "select run_id, count(*) from awooop_auditrecord"
    " where action = 'run.approval.approve' group by 1 having count(*) > 1",
    "redemptions in the audit trail": "select run_id, count(*) from awooop_auditrecord"
    " where action = 'run.approval.redeem' group by 1 having count(*) > 1",
    "steps that say the decision": "select run_id, count(*) from runs_step"
    " where tool_name = 'operator_console.approve' group by 1 having count(*) > 1",
    "cards of one approval": "select run_id, count(*) from runs_outboundmessage"
    " where message_type = 'approval_request' group by 1 having count(*) > 1",
    "drafts of one incident": "select related_incident_id, count(*) from knowledge_knowledgeentry"
    " where entry_type = 'incident_learning' group by 1 having count(*) > 1",
}
NONE = {
    "step counts that are wrong": "select r.run_id from runs_run r where step_count <>"
    " (select count(*) from runs_step s where s.run_id = r.run_id)",
    "approvals that expired, though none was open for an hour": "select run_id from runs_approval"
    " where status = 'expired'",
    "resolved incidents without a draft": "select incident_id from runs_incident i"
    " where status = 'resolved' and not exists (select from knowledge_knowledgeentry k"
    " where k.related_incident_id = i.incident_id)",
}


class Facts:
    """Everything that a client was told is done."""

    def __init__(self) -> None:
        self._acknowledged: dict[str, set[str]] = defaultdict(set)
        self._lock = threading.Lock()
        self.doubled: list[str] = []

    def add(self, kind: str, *names: str) -> None:
        """Note facts of a kind."""
        with self._lock:
            self._acknowledged[kind].update(names)

    def count(self, kind: str) -> int:
        """Answer how many of a kind were acknowledged."""
        return len(self._acknowledged[kind])

    def compare(self, parameters: dict[str, Any]) -> tuple[dict[str, tuple[int, int]], list[str]]:
        """Answer `({kind: (acknowledged, stored)}, what is wrong)`."""
        wrong, counts = list(self.doubled), {}
        with psycopg.connect(**parameters) as connection:
            connection.execute("select set_config('awooop.projects', 'faults', false)")
            for kind, query in STORED.items():
                stored = {str(row[0]) for row in connection.execute(query)}
                counts[kind] = (len(self._acknowledged[kind]), len(stored))
                lost = self._acknowledged[kind] - stored
                wrong += [f"lost, of {kind}: {name}" for name in sorted(lost)[:5]]
            for what, query in ONCE.items():
                wrong += [f"more than one, {what}: {row}" for row in connection.execute(query)]
            for what, query in NONE.items():
                wrong += [f"{what}: {row}" for row in connection.execute(query).fetchmany(5)]
        return counts, wrong
