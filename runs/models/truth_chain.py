from __future__ import annotations

from django.db import models

from awooop.models.fields import project_key


class TruthChainSummary(models.Model):
    """The last measurement of a project's truth-chain quality, and the last one that failed."""

    project = project_key()
    limit = models.PositiveSmallIntegerField()
    success = models.BooleanField()
    generated_at = models.DateTimeField()
    duration_ms = models.FloatField()
    body = models.JSONField(default=dict, blank=True)
    error = models.CharField(max_length=300, default="", blank=True)

    class Meta:
        verbose_name = "truth-chain summary"
        verbose_name_plural = "truth-chain summaries"
        constraints = [
            models.UniqueConstraint(
                fields=["project", "limit", "success"], name="truth_chain_summary_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.project_id} · {self.limit}"
