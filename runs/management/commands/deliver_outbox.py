"""`manage.py deliver_outbox`: send what is due to people's channels."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from awooop.management.base import Report, ReportCommand
from runs.outbox import delivery
from runs.selectors import outbox
from runs.telegram import replies

_SECONDS = 3600.0


class Command(ReportCommand):
    """Deliver the outbox."""

    help = "Send the messages that are due: to their channel, or by the fallback."

    def report(self, **options: Any) -> Report:
        """Deliver until nothing is due; a channel that does not answer is a failure."""
        answered = replies.deliver(seconds=_SECONDS)
        done = delivery.deliver(seconds=_SECONDS)
        channels = outbox.channels()
        lines = [_summed_up(done)]
        if answered:
            lines.append(f"{answered:,} people answered who pressed a button or wrote.")
        if not (settings.OUTBOX_CHANNELS or settings.FALLBACK_NOTIFY_URLS):
            lines.append("Neither TELEGRAM_BOT_TOKEN nor FALLBACK_NOTIFY_URLS is set.")
        lines += [
            f"The channel {each['channel_type']} is {each['state']}: {each['last_error']}"
            for each in channels
            if each["state"] != "ok"
        ]
        is_down = any(each["state"] == "down" for each in channels)
        data = {"results": done, "answered": answered, "channels": channels}
        return Report(lines, data, ok=not is_down)


def _summed_up(done: dict[str, int]) -> str:
    parts = [f"{count:,} {name.replace('_', ' ')}" for name, count in done.items() if count]
    return (", ".join(parts) or "Nothing was due") + "."
