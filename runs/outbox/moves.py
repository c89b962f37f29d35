"""Where a chat went on under another id: a group that became a supergroup."""

from __future__ import annotations

from awooop.clock import now
from runs.models import MovedChat


def remember(channel_type: str, chat_id: str, moved_to: str) -> bool:
    """Remember where a chat went on; False where that would send us round in a circle."""
    moves = MovedChat.objects.filter(channel_type=channel_type)
    if chat_id == moved_to or moves.filter(chat_id=moved_to).exists():
        return False
    moves.filter(moved_to=chat_id).update(moved_to=moved_to)
    MovedChat.objects.update_or_create(
        channel_type=channel_type,
        chat_id=chat_id[:128],
        defaults={"moved_to": moved_to, "moved_at": now()},
    )
    return True
