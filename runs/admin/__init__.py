"""The Django admin of runs, incidents, approvals and their evidence."""

from runs.admin import (
    approvals,
    channel_health,
    channels,
    evidence,
    gateway,
    incidents,
    playbooks,
    runs,
    telegram,
    truth_chain,
)

__all__ = [
    "approvals",
    "channel_health",
    "channels",
    "evidence",
    "gateway",
    "incidents",
    "playbooks",
    "runs",
    "telegram",
    "truth_chain",
]
