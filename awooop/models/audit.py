from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from awooop.clock import now
from awooop.models.fields import choices_constraint, project_key


class ActorKind(models.TextChoices):
    USER = "user", _("user")
    API_KEY = "api_key", _("API key")
    TELEGRAM = "telegram", _("Telegram")
    SYSTEM = "system", _("system")


class AuditRecord(models.Model):
    """One link of a project's keyed hash chain; the database refuses to change or delete it.

    Holds labels and ids, no foreign keys to what it tells of, so that the record outlives its
    subject.
    """

    project = project_key()
    seq = models.BigIntegerField()
    action = models.CharField(max_length=64)
    resource_type = models.CharField(max_length=64)
    resource_id = models.CharField(max_length=128)
    actor = models.CharField(max_length=254)
    actor_kind = models.CharField(max_length=16, choices=ActorKind)
    details = models.JSONField(default=dict)
    run_id = models.UUIDField(null=True)
    request_id = models.CharField(max_length=64, default="")
    created_at = models.DateTimeField(default=now)
    key_id = models.CharField(max_length=16)
    prev_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        constraints = [
            choices_constraint("actor_kind", ActorKind, "audit_actor_kind"),
            models.UniqueConstraint(fields=["project", "seq"], name="audit_seq_once"),
        ]
        indexes = [
            models.Index(
                "project", "resource_type", "resource_id", "seq", name="audit_of_resource"
            ),
            models.Index(
                "project",
                "run_id",
                "seq",
                condition=models.Q(run_id__isnull=False),
                name="audit_of_run",
            ),
            models.Index("project", "created_at", "seq", name="audit_by_time"),
            models.Index("project", "actor", "created_at", "seq", name="audit_by_actor"),
            models.Index("project", "action", "created_at", "seq", name="audit_by_action"),
        ]

    def __str__(self) -> str:
        return f"{self.project_id}#{self.seq} {self.action}"


class AuditHead(models.Model):
    """The chain's end, kept apart: its lock orders the writers, its hash shows a truncated
    chain."""

    project = models.OneToOneField(
        "awooop.Project", on_delete=models.PROTECT, primary_key=True, related_name="+"
    )
    seq = models.BigIntegerField(default=0)
    hash = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"{self.project_id}#{self.seq}"


class AuditAnchor(models.Model):
    """A signed statement of where a project's chain stood: its copies outside show what was cut.

    `digest` is the running SHA-256 over all records so far, `previous` the SHA-256 of the project's
    last anchor; the database refuses to change what is signed.
    """

    project = project_key()
    number = models.BigIntegerField()
    seq = models.BigIntegerField()
    hash = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)
    previous = models.CharField(max_length=64)
    anchored_at = models.DateTimeField(default=now)
    key_id = models.CharField(max_length=16)
    signature = models.CharField(max_length=88)
    filed_at = models.DateTimeField(null=True)
    posted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "number"], name="audit_anchor_once"),
        ]
        indexes = [
            models.Index(
                "project",
                "number",
                condition=models.Q(filed_at=None),
                name="audit_anchor_unfiled",
            ),
            models.Index(
                "project",
                "number",
                condition=models.Q(posted_at=None),
                name="audit_anchor_unposted",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.project_id}#{self.seq}"
