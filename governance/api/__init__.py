"""The API of governance: one module per noun, on one router (see `base`)."""

from governance.api.base import router

from governance.api import drift, events, insights, queue, self_checks, summary, work_items  # isort: skip

__all__ = [
    "drift",
    "events",
    "insights",
    "queue",
    "router",
    "self_checks",
    "summary",
    "work_items",
]
