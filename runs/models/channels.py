from __future__ import annotations

from uuid import uuid4

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from awooop import languages
from awooop.clock import now
from awooop.models.fields import choices_constraint, project_key


class MessageType(models.TextChoices):
    APPROVAL_REQUEST = "approval_request", _("approval request")
    INTERIM = "interim", _("interim")
    FINAL = "final", _("final")
    ERROR = "error", _("error")
    GOVERNANCE_ALERT = "governance_alert", _("governance alert")
    CALLBACK_REPLY = "callback_reply", _("callback reply")
    REPORT = "report", _("report")


class SendStatus(models.TextChoices):
    QUEUED = "queued", _("queued")
    SENDING = "sending", _("sending")
    SENT = "sent", _("sent")
    FAILED = "failed", _("failed")
    DEAD = "dead", _("dead")


class CallbackAction(models.TextChoices):
    DETAIL = "detail", _("detail")
    HISTORY = "history", _("history")
    APPROVE = "approve", _("approve")
    REJECT = "reject", _("reject")


# Neither sent, nor told by the fallback; an edit of a card that stands is not missed by anybody.
UNDELIVERED = Q(
    send_status__in=["queued", "sending", "failed", "dead"],
    fallback_sent_at__isnull=True,
    edits__isnull=True,
)


class ChannelEvent(models.Model):
    """An inbound message from a channel; one original per provider id, repeats are marked."""

    event_id = models.UUIDField(primary_key=True, default=uuid4)
    project = project_key()
    run = models.ForeignKey(
        "runs.Run",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="inbound_events",
        db_index=False,
    )
    channel_type = models.CharField(max_length=32)
    provider_event_id = models.CharField(max_length=255)
    channel_chat_id = models.CharField(max_length=128, default="", blank=True)
    content_preview = models.CharField(max_length=500, default="", blank=True)
    content_redacted = models.TextField(default="", blank=True)
    is_duplicate = models.BooleanField(default=False)
    is_refused = models.BooleanField(
        default=False, help_text=_("Could not be understood; kept so that nothing disappears.")
    )
    received_at = models.DateTimeField(default=now)
    source_envelope = models.JSONField(default=dict, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["project", "channel_type", "provider_event_id"],
                condition=Q(is_duplicate=False),
                name="channel_event_one_original",
            ),
        ]
        indexes = [
            models.Index(
                "project",
                F("received_at").desc(),
                F("event_id").desc(),
                name="channel_event_newest",
            ),
            models.Index(
                "project",
                "channel_type",
                F("received_at").desc(),
                F("event_id").desc(),
                name="channel_event_by_type",
            ),
            models.Index(
                "run",
                F("received_at").desc(),
                condition=Q(run__isnull=False),
                name="channel_event_of_run",
            ),
            # A run finds the event that triggered it, duplicates included; prefix searches, too.
            models.Index("project", "provider_event_id", name="channel_event_by_provider_id"),
        ]

    def __str__(self) -> str:
        return f"{self.channel_type} {self.provider_event_id}"


class OutboundMessage(models.Model):
    """Something sent, or to be sent, to a channel."""

    message_id = models.UUIDField(primary_key=True, default=uuid4)
    project = project_key()
    run = models.ForeignKey(
        "runs.Run",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="outbound_messages",
        db_index=False,
    )
    channel_type = models.CharField(max_length=32)
    message_type = models.CharField(max_length=20, choices=MessageType)
    recipient = models.CharField(max_length=255, default="", blank=True)
    content = models.TextField(default="", blank=True)
    content_preview = models.CharField(max_length=500, default="", blank=True)
    language = models.CharField(
        max_length=16,
        default="",
        db_default="",
        blank=True,
        help_text=_("It is worded in; empty: its project's."),
    )
    buttons = models.JSONField(default=list, blank=True)
    send_status = models.CharField(max_length=16, choices=SendStatus, default=SendStatus.QUEUED)
    send_error = models.CharField(max_length=500, null=True, blank=True)
    attempt_count = models.PositiveIntegerField(default=0)
    next_attempt_at = models.DateTimeField(null=True, blank=True)
    provider_message_id = models.CharField(max_length=64, null=True, blank=True)
    queued_at = models.DateTimeField(default=now)
    sent_at = models.DateTimeField(null=True, blank=True)
    triggered_by_state = models.CharField(max_length=20, null=True, blank=True)
    callback_action = models.CharField(max_length=16, choices=CallbackAction, null=True, blank=True)
    incident_id = models.CharField(max_length=64, null=True, blank=True)
    # The attempt under way; `next_attempt_at` is then the moment from which it counts as lost.
    claim = models.UUIDField(null=True, blank=True, editable=False)
    unknown_attempts = models.PositiveSmallIntegerField(
        default=0,
        db_default=0,
        help_text=_("Attempts whose outcome nobody knows: it may have arrived more than once."),
    )
    fallback_attempts = models.PositiveSmallIntegerField(default=0, db_default=0)
    fallback_sent_at = models.DateTimeField(null=True, blank=True)
    edits = models.ForeignKey(
        "self",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        help_text=_("The message sent before that this one takes the place of."),
    )

    class Meta:
        constraints = [
            choices_constraint("message_type", MessageType, "message_type"),
            choices_constraint("send_status", SendStatus, "message_send_status"),
            models.CheckConstraint(
                condition=Q(callback_action__isnull=True)
                | Q(callback_action__in=CallbackAction.values),
                name="message_callback_action",
            ),
        ]
        indexes = [
            models.Index(
                "run", F("queued_at").desc(), condition=Q(run__isnull=False), name="message_of_run"
            ),
            # What is still to be done: to be sent, lost while it was sent, or due for the fallback.
            models.Index(
                "project",
                "next_attempt_at",
                condition=Q(next_attempt_at__isnull=False),
                name="message_due",
            ),
            models.Index(
                "project",
                F("queued_at").desc(),
                F("message_id").desc(),
                condition=UNDELIVERED,
                name="message_undelivered",
            ),
            models.Index("edits", condition=Q(edits__isnull=False), name="message_edits"),
            # Retention: the oldest first of those that do not go with their run.
            models.Index(
                "project",
                "queued_at",
                "message_id",
                condition=Q(run__isnull=True),
                name="message_without_run",
            ),
            models.Index(
                "project",
                F("queued_at").desc(),
                F("message_id").desc(),
                condition=Q(message_type="callback_reply"),
                name="message_callback_replies",
            ),
            models.Index(
                "project",
                "incident_id",
                F("queued_at").desc(),
                F("message_id").desc(),
                condition=Q(message_type="callback_reply", incident_id__isnull=False),
                name="message_replies_of_incident",
            ),
            # Few of many: what was not answered yet, or could not be.
            models.Index(
                "project",
                F("queued_at").desc(),
                F("message_id").desc(),
                condition=Q(
                    message_type="callback_reply",
                    send_status__in=["queued", "sending", "failed", "dead"],
                ),
                name="message_replies_unsent",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.message_type} {str(self.message_id)[:8]}"

    def spoken(self) -> str:
        """Answer the language of what goes with its text: buttons, a line below. Reads the
        project."""
        return self.language or languages.of_messages(self.project)


class ChannelHealth(models.Model):
    """Whether a channel takes messages at present: one row for all projects, which share its bot.

    No row, or no fault and no pause: it does.
    """

    channel_type = models.CharField(primary_key=True, max_length=32)
    paused_until = models.DateTimeField(null=True, blank=True)
    faults = models.PositiveIntegerField(default=0, help_text=_("Faults in a row."))
    down_since = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=500, default="", blank=True)

    def __str__(self) -> str:
        return self.channel_type


class MovedChat(models.Model):
    """A chat that goes on under another id: a Telegram group that became a supergroup."""

    channel_type = models.CharField(max_length=32)
    chat_id = models.CharField(max_length=128)
    moved_to = models.CharField(max_length=128)
    moved_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["channel_type", "chat_id"], name="moved_chat_once"),
        ]

    def __str__(self) -> str:
        return f"{self.chat_id} → {self.moved_to}"
