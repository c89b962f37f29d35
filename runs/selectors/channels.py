"""The list of inbound channel events."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from awooop import paging
from awooop.errors import Invalid
from awooop.prefixes import starts_with
from runs.models import ChannelEvent

NEWEST = paging.Ordering("channel_events.newest", ("received_at", "event_id"))
LIMIT = 50
MOST = 100


@dataclass(frozen=True)
class EventFilters:
    """What a list of events is narrowed to; `''` is no filter. Made by `parse_filters`."""

    channel_type: str = ""
    provider_prefix: str = ""

    def as_query(self) -> dict[str, str]:
        """Answer the filters that are set, as a query string holds them."""
        values = {"channel_type": self.channel_type, "provider_prefix": self.provider_prefix}
        return {name: value for name, value in values.items() if value}


def parse_filters(given: Mapping[str, str | None]) -> EventFilters:
    """Check filters as they came from a query string; raises Invalid naming each."""
    bounds = {"channel_type": 32, "provider_prefix": 255}
    values = {name: given.get(name) or "" for name in bounds}
    errors = {
        name: _("must have at most %(n)d characters") % {"n": bounds[name]}
        for name, value in values.items()
        if len(value) > bounds[name]
    }
    if errors:
        raise Invalid(errors)
    return EventFilters(**values)


def clamp_limit(limit: int) -> int:
    """Answer how many events a page shall have: the wish, brought within 1 and 100."""
    return max(1, min(limit, MOST))


def page_of_events(
    filters: EventFilters, projects: Sequence[str], request: paging.PageRequest
) -> paging.Page:
    """Answer one page of events, newest first, without their content and envelope."""
    return paging.paginate(filtered(filters), projects, NEWEST, request)


def filtered(filters: EventFilters) -> QuerySet[ChannelEvent]:
    """Answer the events that the filters leave, not yet restricted to projects, nor ordered."""
    found = ChannelEvent.objects.defer("content_redacted", "source_envelope")
    if filters.channel_type:
        found = found.filter(channel_type=filters.channel_type)
    return found.filter(starts_with("provider_event_id", filters.provider_prefix))
