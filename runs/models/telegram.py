from __future__ import annotations

from uuid import uuid4

from django.db import models
from django.db.models import Q

from awooop.clock import now
from awooop.models.fields import choices_constraint, project_key
from runs.models.channels import CallbackAction

_LOOKS = [CallbackAction.DETAIL, CallbackAction.HISTORY]
_DECIDES = [CallbackAction.APPROVE, CallbackAction.REJECT]


class TelegramUse(models.Model):
    """A button that was used: no press of it counts again.

    *Details* and *History* are used up by the first press: the answer brings buttons of its own. A
    decision is one for each approver, because an approval may ask for several.
    """

    use_id = models.UUIDField(primary_key=True, default=uuid4)
    project = project_key()
    message = models.ForeignKey(
        "runs.OutboundMessage", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    action = models.CharField(max_length=16, choices=CallbackAction)
    telegram_user_id = models.BigIntegerField()
    used_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [
            choices_constraint("action", CallbackAction, "telegram_use_action"),
            models.UniqueConstraint(
                fields=["message", "action"],
                condition=Q(action__in=_LOOKS),
                name="telegram_look_once",
            ),
            models.UniqueConstraint(
                fields=["message", "action", "telegram_user_id"],
                condition=Q(action__in=_DECIDES),
                name="telegram_decide_once",
            ),
        ]
        # A message that is deleted asks who refers to it.
        indexes = [models.Index("message", name="telegram_use_of_message")]

    def __str__(self) -> str:
        return f"{self.action} {str(self.message_id)[:8]}"


class TelegramReply(models.Model):
    """What the bot has yet to say to one person: the answer to a press, or to a message to the bot.

    Of no project: a stranger is answered, too. A queue only: what was said, or cannot be said any
    more, is deleted.
    """

    reply_id = models.UUIDField(primary_key=True, default=uuid4)
    callback_query_id = models.CharField(max_length=64, default="", blank=True)
    chat_id = models.BigIntegerField(null=True, blank=True)
    text = models.CharField(max_length=1000)
    is_alert = models.BooleanField(default=False)
    attempt_count = models.PositiveSmallIntegerField(default=0)
    queued_at = models.DateTimeField(default=now)
    due_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(callback_query_id="") | Q(chat_id__isnull=False),
                name="telegram_reply_to_whom",
            ),
        ]
        indexes = [models.Index("due_at", name="telegram_reply_due")]

    def __str__(self) -> str:
        return self.text[:40]
