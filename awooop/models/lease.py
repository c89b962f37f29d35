from __future__ import annotations

from django.db import models


class Lease(models.Model):
    """A cool-down held for a time; nobody releases it. See `awooop.leases`."""

    key = models.CharField(primary_key=True, max_length=200)
    holder = models.CharField(max_length=200)
    acquired_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.key
