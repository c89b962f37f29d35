"""The registry of work items: each app contributes what it owns, in its `work_items.py`.

@work_item("approval_backlog", title=_("…"), gate=_("…"), phase="decide", source="runs.Approval")
def approval_backlog(context: Context) -> Asking[Found]: ...
"""

from governance.work_items.listing import rows
from governance.work_items.registry import (
    KINDS,
    Context,
    Found,
    WorkItem,
    discover,
    registered,
    registered_for_test,
    work_item,
)

__all__ = [
    "KINDS",
    "Context",
    "Found",
    "WorkItem",
    "discover",
    "registered",
    "registered_for_test",
    "rows",
    "work_item",
]
