from __future__ import annotations

from uuid import uuid4

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from awooop.clock import now
from awooop.models.fields import choices_constraint, project_key


class DispatchStatus(models.TextChoices):
    PENDING = "pending", _("pending")
    DISPATCHED = "dispatched", _("dispatched")
    EXECUTING = "executing", _("executing")
    SUCCEEDED = "succeeded", _("succeeded")
    FAILED = "failed", _("failed")
    SKIPPED = "skipped", _("skipped")
    CANCELLED = "cancelled", _("cancelled")


ACTIVE = (DispatchStatus.PENDING, DispatchStatus.DISPATCHED, DispatchStatus.EXECUTING)


class Dispatch(models.Model):
    """A tracked piece of work that a governance event asks for."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    governance_event = models.ForeignKey(
        "governance.GovernanceEvent",
        on_delete=models.PROTECT,
        related_name="dispatches",
        db_index=False,
    )
    project = project_key()
    event_type = models.CharField(max_length=64)
    subject = models.CharField(
        max_length=128, default="", blank=True, help_text=_("What its event is about.")
    )
    executor_type = models.CharField(max_length=64)
    dispatch_status = models.CharField(
        max_length=16, choices=DispatchStatus, default=DispatchStatus.PENDING
    )
    proposed_action = models.CharField(max_length=120, default="", blank=True)
    playbook_id = models.UUIDField(null=True, blank=True)
    playbook_trust = models.DecimalField(max_digits=4, decimal_places=3, null=True, blank=True)
    decision_context = models.JSONField(default=dict, blank=True)
    workflow_stage = models.CharField(max_length=64, default="", blank=True)
    next_action = models.CharField(max_length=120, default="", blank=True)
    owner = models.CharField(max_length=128, default="", blank=True)
    operator_note = models.CharField(max_length=500, default="", blank=True)
    attempt_count = models.PositiveSmallIntegerField(default=0)
    max_attempts = models.PositiveSmallIntegerField(default=1)
    created_by = models.CharField(max_length=128, default="", blank=True)
    created_at = models.DateTimeField(default=now)
    dispatched_at = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    completed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            choices_constraint("dispatch_status", DispatchStatus, "dispatch_status_known"),
            models.UniqueConstraint(
                fields=["governance_event", "executor_type"],
                condition=Q(dispatch_status__in=ACTIVE),
                name="dispatch_active_once",
            ),
            models.CheckConstraint(
                condition=Q(playbook_trust__isnull=True)
                | Q(playbook_trust__gte=0, playbook_trust__lte=1),
                name="dispatch_playbook_trust",
            ),
        ]
        indexes = [
            models.Index("project", F("created_at").desc(), F("id").desc(), name="dispatch_newest"),
            models.Index(
                "project",
                "dispatch_status",
                F("created_at").desc(),
                F("id").desc(),
                name="dispatch_of_status",
            ),
            models.Index(
                "project",
                "event_type",
                F("created_at").desc(),
                F("id").desc(),
                name="dispatch_of_type",
            ),
            models.Index(
                "project",
                "executor_type",
                F("created_at").desc(),
                F("id").desc(),
                name="dispatch_of_executor",
            ),
            models.Index("governance_event", "created_at", name="dispatch_of_event"),
            models.Index(
                "project",
                "executor_type",
                "created_at",
                condition=Q(dispatch_status__in=ACTIVE),
                name="dispatch_active",
            ),
            models.Index(
                "project",
                "executor_type",
                F("created_at").desc(),
                F("id").desc(),
                name="dispatch_by_executor",
            ),
            # What is under way about a thing, such as an entry.
            models.Index(
                "project",
                "subject",
                "executor_type",
                condition=~Q(subject=""),
                name="dispatch_about",
            ),
        ]
        verbose_name_plural = "dispatches"

    def __str__(self) -> str:
        return f"{self.executor_type} {str(self.id)[:8]}"
