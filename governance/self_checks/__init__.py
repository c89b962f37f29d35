"""The registry of self-checks: each app contributes what it owns, in its `self_checks.py`.

@self_check("trust_drift", owns=("trust_drift",))
def trust_drift(context: Context) -> dict[str, Checked]: ...
"""

from governance.self_checks.registry import (
    Checked,
    Context,
    Finding,
    SelfCheck,
    discover,
    names,
    registered,
    registered_for_test,
    self_check,
)

__all__ = [
    "Checked",
    "Context",
    "Finding",
    "SelfCheck",
    "discover",
    "names",
    "registered",
    "registered_for_test",
    "self_check",
]
