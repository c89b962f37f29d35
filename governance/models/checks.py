from __future__ import annotations

from uuid import uuid4

from django.db import models
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from awooop.clock import now
from awooop.models.fields import choices_constraint, project_key


class CheckTrigger(models.TextChoices):
    SCHEDULE = "schedule", _("schedule")
    MANUAL = "manual", _("manual")
    API = "api", _("API")


class SelfCheckCycle(models.Model):
    """One run of all checks for one project: what each found, and how long it took."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    project = project_key()
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField()
    trigger = models.CharField(max_length=16, choices=CheckTrigger)
    results = models.JSONField(default=dict, help_text=_("By check; an error is {'error': …}."))
    timings_ms = models.JSONField(
        default=dict, help_text=_("By check; the time is for all projects of the cycle together.")
    )
    failed_checks = models.JSONField(default=list, help_text=_("The names of those in error."))

    class Meta:
        constraints = [choices_constraint("trigger", CheckTrigger, "self_check_cycle_trigger")]
        indexes = [
            models.Index(
                "project", F("started_at").desc(), F("id").desc(), name="self_check_cycle_newest"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.project_id} {self.started_at:%Y-%m-%d %H:%M}"


class CheckThreshold(models.Model):
    """A project's own value for one of the thresholds of `governance.thresholds`."""

    project = project_key()
    name = models.CharField(max_length=64)
    value = models.DecimalField(max_digits=12, decimal_places=4)
    updated_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "name"], name="check_threshold_once"),
            models.CheckConstraint(
                condition=models.Q(value__gte=0), name="check_threshold_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.project_id} {self.name} = {self.value.normalize():f}"
