"""What the self-checks would have found in the month that is told, and what came of it."""

from runs.demo.governance.history import write

__all__ = ["write"]
