from __future__ import annotations

from datetime import datetime
from uuid import uuid4

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from awooop.clock import now
from awooop.models.fields import choices_constraint, project_key


class RiskLevel(models.TextChoices):
    LOW = "low", _("low")
    MEDIUM = "medium", _("medium")
    HIGH = "high", _("high")
    CRITICAL = "critical", _("critical")


class ApprovalStatus(models.TextChoices):
    PENDING = "pending", _("pending")
    APPROVED = "approved", _("approved")
    REJECTED = "rejected", _("rejected")
    EXPIRED = "expired", _("expired")
    CANCELLED = "cancelled", _("cancelled")


class Decision(models.TextChoices):
    APPROVE = "approve", _("approve")
    REJECT = "reject", _("reject")


class Approval(models.Model):
    """A human decision asked for, bound to the exact action by its digest, with an expiry."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    project = project_key()
    run = models.ForeignKey(
        "runs.Run",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="approvals",
        db_index=False,
    )
    agent_id = models.CharField(
        max_length=128, default="", db_default="", blank=True, help_text=_("Whose run asks.")
    )
    incident_id = models.CharField(max_length=64, null=True, blank=True)
    playbook = models.ForeignKey(
        "runs.Playbook",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        help_text=_("The recipe that the agent says it follows."),
    )
    tool_name = models.CharField(max_length=128)
    arguments = models.JSONField(default=dict, blank=True)
    contract_revision = models.ForeignKey(
        "awooop.ContractRevision",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    digest = models.CharField(
        max_length=64, help_text=_("Of run, tool, arguments, contract revision and expiry.")
    )
    suggested_action = models.CharField(max_length=4000, default="", blank=True)
    risk_level = models.CharField(max_length=16, choices=RiskLevel, default=RiskLevel.MEDIUM)
    status = models.CharField(max_length=16, choices=ApprovalStatus, default=ApprovalStatus.PENDING)
    required_approvals = models.PositiveSmallIntegerField(default=1)
    requested_by = models.CharField(max_length=64, help_text=_("Who may not approve it."))
    requested_at = models.DateTimeField(default=now)
    expires_at = models.DateTimeField(null=True, blank=True)
    resolved_at = models.DateTimeField(null=True, blank=True)
    disposition = models.CharField(max_length=32, null=True, blank=True)
    notification = models.ForeignKey(
        "runs.OutboundMessage",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    half_time_reminded_at = models.DateTimeField(null=True, blank=True)
    last_call_reminded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            choices_constraint("risk_level", RiskLevel, "approval_risk"),
            choices_constraint("status", ApprovalStatus, "approval_status"),
            models.CheckConstraint(
                condition=Q(required_approvals__gte=1), name="approval_required_positive"
            ),
            models.CheckConstraint(
                condition=Q(status="pending", resolved_at__isnull=True)
                | (~Q(status="pending") & Q(resolved_at__isnull=False)),
                name="approval_resolved_whole",
            ),
            models.UniqueConstraint(
                fields=["run"], condition=Q(status="pending"), name="approval_one_pending_per_run"
            ),
        ]
        indexes = [
            models.Index(
                "project",
                "requested_at",
                "id",
                condition=Q(status="pending"),
                name="approval_waiting",
            ),
            models.Index(
                "project", "expires_at", condition=Q(status="pending"), name="approval_expiry"
            ),
            models.Index(
                "project", F("requested_at").desc(), F("id").desc(), name="approval_newest"
            ),
            models.Index(
                "project",
                "status",
                F("requested_at").desc(),
                F("id").desc(),
                name="approval_by_status",
            ),
            # What became of an agent's requests, and of a tool's; the history by either.
            models.Index(
                "project",
                "agent_id",
                F("requested_at").desc(),
                F("id").desc(),
                name="approval_of_agent",
            ),
            models.Index(
                "project",
                "tool_name",
                F("requested_at").desc(),
                F("id").desc(),
                name="approval_of_tool",
            ),
            # A message or a playbook that is deleted asks who refers to it.
            models.Index(
                "playbook", condition=Q(playbook__isnull=False), name="approval_of_playbook"
            ),
            models.Index(
                "notification",
                condition=Q(notification__isnull=False),
                name="approval_of_message",
            ),
            models.Index(
                "run",
                F("requested_at").desc(),
                condition=Q(run__isnull=False),
                name="approval_of_run",
            ),
            models.Index(
                "project",
                "incident_id",
                F("requested_at").desc(),
                condition=Q(incident_id__isnull=False),
                name="approval_of_incident",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.tool_name} ({self.risk_level})"

    def is_overdue(self, at: datetime) -> bool:
        """Whether its time is over: it can then not be decided, whether or not the sweep has seen
        it."""
        return self.expires_at is not None and self.expires_at <= at


class ApprovalVote(models.Model):
    """One approver's decision on one approval."""

    approval = models.ForeignKey(
        Approval, on_delete=models.CASCADE, related_name="votes", db_index=False
    )
    project = project_key()
    approver = models.CharField(max_length=64)
    approver_label = models.CharField(max_length=254)
    decision = models.CharField(max_length=16, choices=Decision)
    reason = models.CharField(max_length=500, default="", blank=True)
    created_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [
            choices_constraint("decision", Decision, "approval_vote_decision"),
            models.UniqueConstraint(fields=["approval", "approver"], name="approval_vote_once"),
        ]
        indexes = [models.Index("project", "approver_label", name="approval_vote_by_label")]

    def __str__(self) -> str:
        return f"{self.decision} {self.approver_label}"


class ApprovalToken(models.Model):
    """The single-use proof of an approval; the signed text is made from this row, never stored."""

    jti = models.UUIDField(primary_key=True, default=uuid4)
    approval = models.OneToOneField(Approval, on_delete=models.CASCADE, related_name="token")
    project = project_key()
    tool_name = models.CharField(max_length=128)
    approver_id = models.CharField(max_length=64)
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    redeemed_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return str(self.jti)
