from __future__ import annotations

from django.db import models

from awooop.clock import now


class CounterTotal(models.Model):
    """A running total that `/metrics` exports; deltas are folded into it each minute."""

    name = models.CharField(max_length=128)
    labels = models.JSONField(default=dict)
    value = models.DecimalField(max_digits=24, decimal_places=6, default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["name", "labels"], name="counter_once")]

    def __str__(self) -> str:
        return self.name


class CounterDelta(models.Model):
    """An increment not folded yet: an insert, so that writers never wait for one hot row."""

    name = models.CharField(max_length=128)
    labels = models.JSONField(default=dict)
    value = models.DecimalField(max_digits=24, decimal_places=6)
    created_at = models.DateTimeField(default=now)

    def __str__(self) -> str:
        return self.name
