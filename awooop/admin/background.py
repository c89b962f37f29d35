from __future__ import annotations

from typing import Any

# Registered by being imported, so that what follows can replace it.
import django_q.admin  # noqa: F401
from django.contrib import admin
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django_q.models import Failure, OrmQ, Schedule, Success

from awooop.actions import pauses
from awooop.admin_base import Act, PlatformAdmin
from awooop.models import CounterDelta, CounterTotal, Lease, TaskHeartbeat

for _model in (Schedule, Success, Failure, OrmQ):
    if admin.site.is_registered(_model):
        admin.site.unregister(_model)


def _act(name: str, label: Any, *, paused: bool) -> Act:
    return Act(
        name,
        label,
        "",
        lambda by, schedule, data: pauses.set_paused(by=by, schedule=schedule, paused=paused),
        applies=lambda schedule: pauses.is_paused(schedule) != paused,
        is_danger=paused,
    )


@admin.register(Schedule)
class ScheduleAdmin(PlatformAdmin):
    """What runs when: written by the code, paused and resumed here."""

    list_display = ("name", "func", "every", "is_on", "next_run", "last_success", "last_failure")
    ordering = ("name",)
    acts = (
        _act("pause", _("Pause"), paused=True),
        _act("resume", _("Resume"), paused=False),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Schedule]:
        """Add when each last succeeded and failed: a heartbeat's kind is its schedule's name."""
        beats = TaskHeartbeat.objects.filter(kind=OuterRef("name"))
        return (
            super()
            .get_queryset(request)
            .annotate(
                succeeded_at=Subquery(beats.values("last_success_at")),
                failed_at=Subquery(beats.values("last_failure_at")),
            )
        )

    @admin.display(description=_("every"))
    def every(self, schedule: Schedule) -> str:
        """The minutes between."""
        return f"{schedule.minutes} min" if schedule.minutes else schedule.cron or "–"

    @admin.display(description=_("on"), boolean=True)
    def is_on(self, schedule: Schedule) -> bool:
        """Not paused."""
        return not pauses.is_paused(schedule)

    @admin.display(description=_("last success"))
    def last_success(self, schedule: Schedule) -> Any:
        """When the task last did its work."""
        return schedule.succeeded_at

    @admin.display(description=_("last failure"))
    def last_failure(self, schedule: Schedule) -> Any:
        """When it last failed."""
        return schedule.failed_at


@admin.register(TaskHeartbeat)
class TaskHeartbeatAdmin(PlatformAdmin):
    """When each kind of task last did its work."""

    list_display = (
        "kind",
        "last_success_at",
        "last_failure_at",
        "last_duration_ms",
        "runs",
        "failures",
        "last_error",
    )
    ordering = ("kind",)


@admin.register(Lease)
class LeaseAdmin(PlatformAdmin):
    """Cool-downs that are held."""

    list_display = ("key", "holder", "acquired_at", "expires_at")
    ordering = ("key",)
    search_fields = ("key__startswith",)


@admin.register(CounterTotal)
class CounterTotalAdmin(PlatformAdmin):
    """The running totals that /metrics exports."""

    list_display = ("name", "labels", "value")
    ordering = ("name", "pk")
    search_fields = ("name__startswith",)


@admin.register(CounterDelta)
class CounterDeltaAdmin(PlatformAdmin):
    """Increments that are not folded into the totals yet."""

    list_display = ("id", "name", "labels", "value", "created_at")
    ordering = ("-pk",)
