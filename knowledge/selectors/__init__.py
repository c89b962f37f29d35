"""Reads: no function here writes."""
