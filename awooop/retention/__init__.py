"""How long each table is kept: one registry of rules, and the pruning that follows them.

Each app contributes rules about its own tables in its `retention.py`; `manage.py prune` and the
nightly task follow all of them. An audit record is never pruned: its table refuses deletes.
"""

from awooop.retention.registry import (
    Rule,
    add,
    discover,
    registered_for_test,
    rules,
)

__all__ = ["Rule", "add", "discover", "registered_for_test", "rules"]
