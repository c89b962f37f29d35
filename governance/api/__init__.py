"""The API of governance: one module per noun, on one router (see `base`)."""

from governance.api.base import router

from governance.api import (  # isort: skip
    drift,
    events,
    insights,
    notes,
    queue,
    self_checks,
    summary,
    work_items,
)

__all__ = [
    "drift",
    "events",
    "insights",
    "notes",
    "queue",
    "router",
    "self_checks",
    "summary",
    "work_items",
]
