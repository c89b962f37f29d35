"""Words for moments and lengths of time, in the reader's language and zone."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from awooop import clock

LAST_MINUTES = timedelta(minutes=5)
SOON = timedelta(minutes=15)


def exact(value: datetime) -> str:
    """Answer the exact moment in the reader's zone, with the zone's name."""
    return timezone.localtime(value).strftime("%Y-%m-%d %H:%M:%S %Z")


def span(seconds: int) -> str:
    """Say a length of time in its largest fitting unit."""
    if seconds < 60:
        return _("%(n)d s") % {"n": seconds}
    if seconds < 3600:
        return _("%(n)d min") % {"n": seconds // 60}
    if seconds < 172_800:
        return _("%(n)d h") % {"n": seconds // 3600}
    days = seconds // 86_400
    return ngettext("%(n)d day", "%(n)d days", days) % {"n": days}


def relative(value: datetime) -> str:
    """Say when `value` was or will be, seen from now: '3 min ago', 'in 2 h', 'just now'."""
    seconds = round((clock.now() - value).total_seconds())
    if abs(seconds) < 5:
        return _("just now")
    if seconds < 0:
        return _("in %(span)s") % {"span": span(-seconds)}
    return _("%(span)s ago") % {"span": span(seconds)}


def left_words(left: timedelta) -> str:
    """Say how long is left: minutes and seconds within the hour, 'expired' past the end."""
    seconds = int(left.total_seconds())
    if seconds <= 0:
        return _("expired")
    minutes, rest = divmod(seconds, 60)
    if minutes < 60:
        return _("%(m)d:%(s)02d left") % {"m": minutes, "s": rest}
    return _("%(span)s left") % {"span": span(seconds)}


def urgency_class(left: timedelta) -> str:
    """Answer the class that says how pressing the time left is ('' while there is plenty)."""
    if left <= timedelta(0):
        return " time-left-over"
    if left <= LAST_MINUTES:
        return " time-left-last"
    return " time-left-soon" if left <= SOON else ""


def urgency_tone(left: timedelta) -> str:
    """Answer the tone of the time left: bad, warn or ''."""
    tones = {" time-left-over": "bad", " time-left-last": "bad", " time-left-soon": "warn"}
    return tones.get(urgency_class(left), "")
