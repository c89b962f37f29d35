from __future__ import annotations

from django.db import models


class TaskHeartbeat(models.Model):
    """When a kind of background task last started, succeeded and failed."""

    kind = models.CharField(primary_key=True, max_length=64)
    last_started_at = models.DateTimeField(null=True)
    last_success_at = models.DateTimeField(null=True)
    last_failure_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=500, default="", blank=True)
    last_result = models.JSONField(default=dict)
    last_duration_ms = models.PositiveIntegerField(null=True)
    runs = models.BigIntegerField(default=0)
    failures = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return self.kind
