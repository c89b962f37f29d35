from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from awooop.clock import now
from awooop.models.fields import choices_constraint, project_key


class SloDirection(models.TextChoices):
    ABOVE = "above", _("above")
    BELOW = "below", _("below")


class SloStatus(models.TextChoices):
    OK = "ok", _("ok")
    VIOLATED = "violated", _("violated")
    SKIPPED = "skipped", _("no data")
    ERROR = "error", _("error")


class SloDefinition(models.Model):
    """An SLO that differs from the built-in one: for a project, or (null) for all of them."""

    name = models.CharField(max_length=64)
    project = models.ForeignKey(
        "awooop.Project",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        help_text=_("Empty: for every project that has none of its own."),
    )
    query = models.CharField(max_length=1000, help_text=_("PromQL, without the project's label."))
    direction = models.CharField(max_length=8, choices=SloDirection)
    target = models.DecimalField(max_digits=12, decimal_places=4)
    hard_red_line = models.DecimalField(max_digits=12, decimal_places=4)
    enabled = models.BooleanField(default=True)

    class Meta:
        verbose_name = "SLO definition"
        constraints = [
            choices_constraint("direction", SloDirection, "slo_direction"),
            models.UniqueConstraint(
                fields=["project", "name"], name="slo_definition_once", nulls_distinct=False
            ),
            models.CheckConstraint(
                condition=Q(direction="above", target__gte=F("hard_red_line"))
                | Q(direction="below", target__lte=F("hard_red_line")),
                name="slo_red_line_beyond_target",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class SloSample(models.Model):
    """What one evaluation of an SLO answered."""

    project = project_key()
    slo = models.CharField(max_length=64)
    status = models.CharField(max_length=16, choices=SloStatus)
    reason = models.CharField(max_length=64, default="", blank=True)
    value = models.FloatField(null=True, blank=True)
    evaluated_at = models.DateTimeField(default=now)

    class Meta:
        verbose_name = "SLO sample"
        constraints = [
            choices_constraint("status", SloStatus, "slo_sample_status"),
            models.CheckConstraint(
                condition=~Q(status__in=["ok", "violated"]) | Q(value__isnull=False),
                name="slo_sample_has_value",
            ),
        ]
        indexes = [
            models.Index("project", "slo", F("evaluated_at").desc(), name="slo_sample_newest"),
            # Retention: the oldest first.
            models.Index("project", "evaluated_at", "id", name="slo_sample_oldest"),
        ]

    def __str__(self) -> str:
        return f"{self.slo} {self.status}"
