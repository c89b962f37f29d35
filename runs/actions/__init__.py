"""Writes about runs and incidents: one module per noun."""
