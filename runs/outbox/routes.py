"""What can be done with a project's messages now: sent to their channel, told by the fallback."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.db.models import Q

from runs.models import OutboundMessage, SendStatus

WAITING = (SendStatus.QUEUED, SendStatus.SENDING, SendStatus.FAILED)


@dataclass(frozen=True)
class Routes:
    """The ways out of one project: the channels configured and open, its chat, its fallback."""

    configured: tuple[str, ...]
    open: tuple[str, ...]
    chat: str
    fallback: tuple[str, ...]

    def doable(self) -> Q:
        """Answer which waiting messages something can be done with now."""
        found = Q(send_status__in=WAITING) & self._addressed(self.open)
        if self.fallback:
            stranded = Q(send_status__in=WAITING) & ~self._addressed(self.configured)
            found |= Q(send_status=SendStatus.DEAD) | stranded
        return found

    def why_stranded(self, message: OutboundMessage) -> str:
        """Answer why its channel cannot have it, or an empty text."""
        if message.channel_type not in self.configured:
            return f"no channel '{message.channel_type}' is configured"
        if not (message.recipient or self.chat):
            return "nowhere to send it: the project's channel contract names no chat"
        return ""

    def _addressed(self, channels: tuple[str, ...]) -> Q:
        to_one = Q(channel_type__in=channels)
        return to_one if self.chat else to_one & ~Q(recipient="")


def fallback_urls(project_id: str) -> tuple[str, ...]:
    """Answer the Apprise URLs for a project: those of all projects, and its own."""
    found = []
    for entry in settings.FALLBACK_NOTIFY_URLS:
        owner, named, url = entry.partition("=")
        is_owned = bool(named) and "://" not in owner
        if not is_owned:
            found.append(entry)
        elif owner == project_id:
            found.append(url)
    return tuple(found)
