"""The page that shows each kind of record."""

from __future__ import annotations

from urllib.parse import urlencode

from awooop.paths import path
from runs.status_chain.facts import Facts, Row
from runs.status_chain.registry import Proof


def incident(facts: Facts) -> Proof:
    """The incident's own page."""
    return Proof("incident", facts.incident_id, _incident_page(facts))


def event(row: Row) -> Proof:
    """The list of channel events, narrowed to this one."""
    query = {"channel_type": row.channel_type, "provider_prefix": row.provider_event_id}
    href = f"{path('channel-events')}?{urlencode(query)}"
    return Proof("channel_event", str(row.event_id), href)


def run(row: Row) -> Proof:
    """The run's page."""
    return Proof("run", str(row.run_id), path("run-detail", row.run_id))


def finding(row: Row) -> Proof:
    """The tab of the run's page that lists the step or the gateway call."""
    tab = "steps" if row.kind == "step" else "gateway"
    return Proof(row.kind, str(row.id), f"{path('run-detail', row.run_id)}?tab={tab}")


def approval(row: Row) -> Proof:
    """The approval, waiting or over."""
    return Proof("approval", str(row.id), f"{path('approvals')}?approval_id={row.id}")


def record(facts: Facts, row: Row) -> Proof:
    """The line of the incident's page that shows an execution, its evidence or a record."""
    return Proof(row.kind, str(row.id), f"{_incident_page(facts)}#{row.kind}-{row.id}")


def _incident_page(facts: Facts) -> str:
    return path("incident-detail", facts.incident_id)
