"""The channels themselves, which all projects share: for superusers, to be looked at."""

from __future__ import annotations

from django.contrib import admin

from awooop.admin_base import PlatformAdmin
from runs.models.channels import ChannelHealth, MovedChat


@admin.register(ChannelHealth)
class ChannelHealthAdmin(PlatformAdmin):
    """Whether a channel takes messages at present."""

    list_display = ("channel_type", "faults", "down_since", "paused_until", "last_error")


@admin.register(MovedChat)
class MovedChatAdmin(PlatformAdmin):
    """Chats that go on under another id."""

    list_display = ("channel_type", "chat_id", "moved_to", "moved_at")
