"""The API of runs, incidents, approvals and channels: one module per noun, on one router.

A module says `from runs.api.base import router` and is imported here. `run_detail` comes last: its
`/platform/runs/{run_id}` would take every other single name below `/platform/runs/` for a run's id.
"""

from runs.api.base import router

from runs.api import (  # isort: skip
    approval_history,
    approvals,
    batch_decisions,
    callbacks,
    channels,
    decisions,
    gateway,
    incidents,
    ingest,
    notes,
    outbox,
    remediation_queue,
    runs,
    telegram,
    truth_chain,
    webhooks,
    writes,
)
from runs.api import run_detail  # isort: skip

__all__ = [
    "approval_history",
    "approvals",
    "batch_decisions",
    "callbacks",
    "channels",
    "decisions",
    "gateway",
    "incidents",
    "ingest",
    "notes",
    "outbox",
    "remediation_queue",
    "router",
    "run_detail",
    "runs",
    "telegram",
    "truth_chain",
    "webhooks",
    "writes",
]
