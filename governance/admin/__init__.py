"""The Django admin of events, dispatches, self-checks, SLOs and drift."""

from governance.admin import checks, dispatches, drift, events, slos

__all__ = ["checks", "dispatches", "drift", "events", "slos"]
