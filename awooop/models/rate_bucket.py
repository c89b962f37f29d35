from __future__ import annotations

from django.db import models


class RateBucket(models.Model):
    """What is left of an API key's requests (`awooop.rate_limits`). The table is unlogged: a crash
    empties it, and each key begins anew."""

    key_hash = models.CharField(max_length=64, primary_key=True)
    rate = models.PositiveIntegerField(null=True)
    tokens = models.FloatField()
    at = models.DateTimeField()
    was_allowed = models.BooleanField(default=True)
