"""The self-checks over what this room owns; discovered by governance."""

from runs.self_checks import approvals, outcomes, trust

__all__ = ["approvals", "outcomes", "trust"]
