from __future__ import annotations

from django.contrib import admin

from awooop import paging
from awooop.admin_base import PlatformAdmin, ProjectFilter, ReadOnlyAdmin
from runs.models import TelegramReply, TelegramUse


@admin.register(TelegramUse)
class TelegramUseAdmin(ReadOnlyAdmin):
    """Buttons that were used."""

    fixed_ordering = paging.Ordering("admin.telegram_use", ("used_at", "use_id"))
    exact_search = ("use_id", "message_id")
    search_only = True
    list_display = ("used_at", "project_id", "action", "telegram_user_id", "message_id")
    list_filter = (ProjectFilter,)


@admin.register(TelegramReply)
class TelegramReplyAdmin(PlatformAdmin):
    """What the bot has yet to say."""

    list_display = ("queued_at", "text", "attempt_count", "due_at")
    ordering = ("due_at",)
