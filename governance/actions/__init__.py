"""Writes: each records itself in the audit chain of its project."""
