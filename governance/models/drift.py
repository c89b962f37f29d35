from __future__ import annotations

from uuid import uuid4

from django.db import models
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from awooop.clock import now
from awooop.models.fields import choices_constraint, project_key


class DriftState(models.TextChoices):
    DETECTED = "detected", _("detected")
    PR_OPEN = "pr_open", _("pull request open")
    ZERO_DIFF = "zero_diff", _("no difference left")
    HANDED_OFF = "handed_off", _("handed off")
    ADOPTED = "adopted", _("adopted")
    RESOLVED = "resolved", _("resolved")


class DriftFingerprint(models.Model):
    """A difference between what is declared and what runs, recognised when it comes back."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    project = project_key()
    namespace = models.CharField(max_length=253)
    fingerprint = models.CharField(max_length=64)
    resource = models.CharField(max_length=253)
    kind = models.CharField(max_length=128)
    state = models.CharField(max_length=16, choices=DriftState, default=DriftState.DETECTED)
    occurrences = models.PositiveIntegerField(default=1)
    recent_sightings = models.JSONField(
        default=list, blank=True, help_text=_("When it was seen, the last 24 hours of sightings.")
    )
    first_seen_at = models.DateTimeField(default=now)
    last_seen_at = models.DateTimeField(default=now)
    diff = models.JSONField(default=dict, blank=True)
    pr_url = models.CharField(max_length=500, default="", blank=True)
    next_step = models.CharField(max_length=240, default="", blank=True)
    owner = models.CharField(max_length=128, default="", blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            choices_constraint("state", DriftState, "drift_state"),
            models.UniqueConstraint(
                fields=["project", "namespace", "fingerprint"], name="drift_fingerprint_once"
            ),
        ]
        indexes = [
            models.Index("project", F("last_seen_at").desc(), F("id").desc(), name="drift_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.resource}"
