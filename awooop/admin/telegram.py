from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from awooop.actions import telegram_accounts
from awooop.admin_base import Act, PlatformAdmin
from awooop.models import TelegramAccount, TelegramLinkCode


@admin.register(TelegramAccount)
class TelegramAccountAdmin(PlatformAdmin):
    """Whose presses of buttons act for whom; a person links and unlinks on the profile page."""

    list_display = ("telegram_user_id", "telegram_name", "user", "linked_at")
    list_select_related = ("user",)
    search_fields = ("=telegram_user_id", "user__email")
    ordering = ("user__email",)
    acts = (
        Act(
            "unlink",
            _("Unlink"),
            "",
            lambda by, account, data: telegram_accounts.unlink(
                by=by, telegram_user_id=account.telegram_user_id
            ),
            is_danger=True,
        ),
    )


@admin.register(TelegramLinkCode)
class TelegramLinkCodeAdmin(PlatformAdmin):
    """Who was shown a code to link by; not the code itself."""

    list_display = ("user", "created_at", "expires_at")
    list_select_related = ("user",)
    ordering = ("-expires_at",)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """Without the hash."""
        return ["user", "created_at", "expires_at"]
