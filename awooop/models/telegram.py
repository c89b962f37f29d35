from __future__ import annotations

from django.db import models

from awooop.clock import now


class TelegramAccount(models.Model):
    """A person's Telegram account, linked by a code that only its owner could have sent."""

    user = models.OneToOneField(
        "awooop.User", on_delete=models.CASCADE, related_name="telegram_account"
    )
    telegram_user_id = models.BigIntegerField(unique=True)
    telegram_name = models.CharField(max_length=128, default="", blank=True)
    linked_at = models.DateTimeField(default=now)

    def __str__(self) -> str:
        return f"{self.telegram_name} ({self.telegram_user_id})".strip()


class TelegramLinkCode(models.Model):
    """The one code with which a person links a Telegram account now; kept as SHA-256."""

    user = models.OneToOneField("awooop.User", on_delete=models.CASCADE, related_name="+")
    hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(default=now)
    expires_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.user_id}"
