from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from awooop import paging
from awooop.admin_base import Act, ProjectFilter, ReadOnlyAdmin
from runs.actions import outbox
from runs.models import ChannelEvent, OutboundMessage, SendStatus
from runs.models.channels import UNDELIVERED

_WAITING = (SendStatus.QUEUED, SendStatus.SENDING, SendStatus.FAILED)


@admin.register(ChannelEvent)
class ChannelEventAdmin(ReadOnlyAdmin):
    """Inbound messages."""

    fixed_ordering = paging.Ordering("admin.event", ("received_at", "event_id"))
    exact_search = ("event_id", "run_id", "provider_event_id")
    search_help_text = _("The id of an event or a run, or the provider's id, whole.")
    list_display = (
        "received_at",
        "project_id",
        "channel_type",
        "provider_event_id",
        "content_preview",
        "is_duplicate",
        "is_refused",
    )
    list_filter = (ProjectFilter, ("received_at", admin.DateFieldListFilter))


class QueueFilter(admin.SimpleListFilter):
    """What is still to be sent, or did not arrive: what an index has for itself."""

    title = _("queue")
    parameter_name = "queue"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Answer the choices beside all."""
        return [("waiting", _("still to be sent")), ("undelivered", _("undelivered"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Narrow to what an index of its own holds."""
        if self.value() == "waiting":
            return queryset.filter(send_status__in=_WAITING, next_attempt_at__isnull=False)
        return queryset.filter(UNDELIVERED) if self.value() == "undelivered" else queryset


def _facts(message: OutboundMessage) -> Sequence[tuple[Any, Any]]:
    return [
        (_("project"), message.project_id),
        (_("to"), f"{message.channel_type} {message.recipient}"),
        (_("delivery"), message.get_send_status_display()),
        (_("error"), message.send_error or "–"),
        (_("text"), message.content_preview),
    ]


@admin.register(OutboundMessage)
class OutboundMessageAdmin(ReadOnlyAdmin):
    """Outbound messages."""

    fixed_ordering = paging.Ordering("admin.message", ("queued_at", "message_id"))
    exact_search = ("message_id", "run_id")
    search_only = True
    search_help_text = _("Searched, not listed: the id of a run or a message; or filter the queue.")
    list_display = (
        "queued_at",
        "project_id",
        "message_type",
        "send_status",
        "attempt_count",
        "next_attempt_at",
        "content_preview",
    )
    list_filter = (ProjectFilter, QueueFilter)
    acts = (
        Act(
            "retry",
            _("Send again"),
            "message.retry",
            lambda by, message, data: outbox.retry(by=by, message_id=message.pk),
            applies=lambda message: message.send_status != SendStatus.SENT,
            describe=_facts,
        ),
    )

    def is_narrowed(self, request: HttpRequest) -> bool:
        """The queue is short."""
        return request.GET.get(QueueFilter.parameter_name) in ("waiting", "undelivered")
