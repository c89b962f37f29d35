from __future__ import annotations

from uuid import uuid4

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from awooop.clock import now
from awooop.models.fields import choices_constraint, project_key


class ContractFamily(models.TextChoices):
    AGENT = "agent", _("agent")
    TOOL_POLICY = "tool_policy", _("tool policy")
    CHANNEL = "channel", _("channel")
    BUDGET = "budget", _("budget")


class LifecycleStatus(models.TextChoices):
    DRAFT = "draft", _("draft")
    ACTIVE = "active", _("active")
    DEPRECATED = "deprecated", _("deprecated")
    RETIRED = "retired", _("retired")


class ContractRevision(models.Model):
    """A versioned, hashed statement of what an agent may do; the body is immutable once active."""

    revision_id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    project = project_key("contracts")
    contract_id = models.CharField(max_length=128)
    contract_family = models.CharField(max_length=16, choices=ContractFamily)
    lifecycle_status = models.CharField(
        max_length=16, choices=LifecycleStatus, default=LifecycleStatus.DRAFT
    )
    body = models.JSONField(default=dict)
    body_hash = models.CharField(max_length=64, editable=False)
    version_major = models.PositiveIntegerField(default=1)
    version_minor = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=now, editable=False)

    class Meta:
        constraints = [
            choices_constraint("contract_family", ContractFamily, "contract_family"),
            choices_constraint("lifecycle_status", LifecycleStatus, "contract_lifecycle_status"),
            models.UniqueConstraint(
                fields=["project", "contract_id"],
                condition=Q(lifecycle_status="active"),
                name="contract_one_active",
            ),
            models.UniqueConstraint(
                fields=["project", "contract_id", "version_major", "version_minor"],
                name="contract_version_once",
            ),
        ]
        indexes = [
            models.Index(
                "project",
                F("created_at").desc(),
                F("revision_id").desc(),
                name="contract_newest",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contract_id} {self.version_major}.{self.version_minor}"
