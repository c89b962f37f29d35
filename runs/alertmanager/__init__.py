"""Alertmanager's notifications: read tolerantly, turned into our own words."""
