"""What the launcher raises; its message is written for the person who started the command."""

from __future__ import annotations


class EmbeddedDatabaseError(Exception):
    """The embedded PostgreSQL cannot be started, joined or stopped; the message says why."""


class InUseError(EmbeddedDatabaseError):
    """The embedded PostgreSQL was not stopped, because other processes use it."""
