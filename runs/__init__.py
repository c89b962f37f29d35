"""Runs, incidents, approvals and evidence: the record of what the agents did."""
