from __future__ import annotations

from uuid import uuid4

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from awooop.clock import now
from awooop.models.fields import choices_constraint, project_key


class WebhookSubscription(models.Model):
    """An address to which a project's events of some kinds are posted, signed with its secret.

    The secrets are kept encrypted (`awooop.webhooks.secrets`): shown once, they sign for ever.
    """

    subscription_id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    project = project_key()
    name = models.CharField(max_length=100)
    url = models.CharField(max_length=500)
    kinds = ArrayField(models.CharField(max_length=64))
    is_active = models.BooleanField(default=True)
    secret = models.TextField(editable=False)
    old_secret = models.TextField(default="", editable=False)
    old_secret_until = models.DateTimeField(null=True, editable=False)
    created_by = models.CharField(max_length=254)
    created_at = models.DateTimeField(default=now)
    failing_since = models.DateTimeField(null=True)
    paused_until = models.DateTimeField(null=True)
    disabled_at = models.DateTimeField(null=True)
    disabled_reason = models.CharField(max_length=300, default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "name"], name="webhook_name_once"),
        ]

    def __str__(self) -> str:
        return self.name


class DeliveryStatus(models.TextChoices):
    QUEUED = "queued", _("queued")
    SENDING = "sending", _("sending")
    FAILED = "failed", _("failed")
    DELIVERED = "delivered", _("delivered")
    DEAD = "dead", _("given up")


class WebhookDelivery(models.Model):
    """One event for one subscription: written with the fact, posted by the cluster until taken.

    `body` is what is sent, byte for byte. `attempts` tells of the last ones.
    """

    delivery_id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    project = project_key()
    subscription = models.ForeignKey(
        WebhookSubscription, on_delete=models.CASCADE, related_name="deliveries", db_index=False
    )
    kind = models.CharField(max_length=64)
    body = models.TextField()
    status = models.CharField(max_length=16, choices=DeliveryStatus, default=DeliveryStatus.QUEUED)
    attempt_count = models.PositiveIntegerField(default=0)
    next_attempt_at = models.DateTimeField(null=True)
    claim = models.UUIDField(null=True)
    last_status = models.PositiveSmallIntegerField(null=True)
    last_error = models.CharField(max_length=300, default="", blank=True)
    attempts = models.JSONField(default=list)
    created_at = models.DateTimeField(default=now)
    delivered_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = _("webhook deliveries")
        constraints = [choices_constraint("status", DeliveryStatus, "webhook_delivery_status")]
        indexes = [
            models.Index(
                "project",
                "next_attempt_at",
                condition=models.Q(next_attempt_at__isnull=False),
                name="webhook_delivery_due",
            ),
            models.Index("project", "created_at", "delivery_id", name="webhook_delivery_newest"),
            models.Index(
                "subscription", "created_at", "delivery_id", name="webhook_delivery_of_one"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.delivery_id}"
