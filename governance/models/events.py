from __future__ import annotations

from uuid import uuid4

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from awooop.clock import now
from awooop.models.fields import choices_constraint, project_key
from governance.severities import Severity

IMPACT_MOST = 80


class GovernanceEvent(models.Model):
    """What a self-check found about the agents: open until it is gone or a person resolves it."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    project = project_key()
    event_type = models.CharField(max_length=64)
    subject = models.CharField(
        max_length=128,
        default="",
        blank=True,
        help_text=_("What it is about: an SLO, an entry's id."),
    )
    severity = models.CharField(max_length=16, choices=Severity)
    triggered_at = models.DateTimeField(default=now)
    last_seen_at = models.DateTimeField(default=now)
    occurrences = models.PositiveIntegerField(default=1)
    notified_at = models.DateTimeField(null=True, blank=True)
    resolved = models.BooleanField(default=False)
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolved_by = models.CharField(max_length=254, default="", blank=True)
    resolution_note = models.CharField(max_length=500, default="", blank=True)
    details = models.JSONField(default=dict, blank=True)
    impact = models.CharField(max_length=IMPACT_MOST, default="", blank=True)
    remediation = models.CharField(max_length=240, default="", blank=True)

    class Meta:
        constraints = [
            choices_constraint("severity", Severity, "governance_event_severity"),
            models.UniqueConstraint(
                fields=["project", "event_type", "subject"],
                condition=Q(resolved=False),
                name="governance_event_open_once",
            ),
            models.CheckConstraint(
                condition=Q(resolved=False, resolved_at__isnull=True)
                | Q(resolved=True, resolved_at__isnull=False),
                name="governance_event_resolved_at",
            ),
        ]
        indexes = [
            models.Index(
                "project", F("triggered_at").desc(), F("id").desc(), name="governance_event_newest"
            ),
            models.Index(
                "project",
                "event_type",
                F("triggered_at").desc(),
                F("id").desc(),
                name="governance_event_of_type",
            ),
            models.Index(
                "project",
                "severity",
                F("triggered_at").desc(),
                F("id").desc(),
                name="governance_event_of_severity",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event_type} {self.subject}".strip()
