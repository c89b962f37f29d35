"""What machines ask: is the process alive, is it ready, what are its numbers."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import structlog
from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from awooop import clock, http_metrics, problems, queue_clock, schema_state, tenancy
from awooop import metrics as registry
from awooop.clock import now
from awooop.errors import Unauthenticated
from awooop.models import TaskHeartbeat

log = structlog.get_logger(__name__)
CLUSTER_QUIET = timedelta(minutes=5)
_LOOPBACK = ("127.0.0.1", "::1", "localhost")
ReadyCheck = Callable[[], dict[str, Any]]
_ready_checks: dict[str, ReadyCheck] = {}


def ready_check(name: str) -> Callable[[ReadyCheck], ReadyCheck]:
    """Register a check of `/readyz`: answers `{"ok": bool, …}`; raises ValueError for a second."""

    def add(function: ReadyCheck) -> ReadyCheck:
        if name in _ready_checks:
            raise ValueError(f"{name} is registered already")
        _ready_checks[name] = function
        return function

    return add


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return JsonResponse({"status": "ok"})


@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """The database answers, its migrations are applied, the cluster lives; 503 otherwise."""
    checks = {name: _run(name, check) for name, check in _ready_checks.items()}
    ok = all(result["ok"] for result in checks.values())
    return JsonResponse(
        {"status": "ready" if ok else "not_ready", "checks": checks}, status=200 if ok else 503
    )


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus' text format; a token is asked for where one is set, or beyond loopback."""
    if not _may_scrape(request):
        refused = Unauthenticated("Send the metrics token: Authorization: Bearer <METRICS_TOKEN>.")
        return problems.respond(request, refused)
    with transaction.atomic(), tenancy.all_projects():
        text = registry.exposition()
    return HttpResponse(
        text + http_metrics.exposition(), content_type="text/plain; version=0.0.4; charset=utf-8"
    )


def _may_scrape(request: HttpRequest) -> bool:
    token = settings.METRICS_TOKEN
    if token:
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        return hmac.compare_digest(given.encode(), token.encode())
    return settings.CONFIG.host in _LOOPBACK


def _run(name: str, check: ReadyCheck) -> dict[str, Any]:
    try:
        with transaction.atomic():
            return check()
    except DatabaseError as error:
        log.warning("not_ready", check=name, error=str(error)[:300])
        return {"ok": False, "reason": "the database did not answer"}


@ready_check("database")
def database_answers() -> dict[str, Any]:
    """Whether a query is answered."""
    with connection.cursor() as cursor:
        cursor.execute("select 1")
    return {"ok": True}


@ready_check("disk")
def database_has_room() -> dict[str, Any]:
    """Whether the database's disk takes anything more; without room every write is refused."""
    return {"ok": has_disk_room()}


def has_disk_room() -> bool:
    """Ask the database to spill a little to its disk; answers whether it could."""
    with connection.cursor() as cursor:
        cursor.execute("select awooop_has_disk_room()")
        (has_room,) = cursor.fetchone()
    return has_room


@ready_check("clock")
def clock_is_right() -> dict[str, Any]:
    """Whether this machine's clock agrees with the database's. It is ready all the same: what is
    over goes by the database's clock; but cookies, certificates and logs go by this one."""
    queue_clock.measured()
    return {"ok": True, "behind_s": round(clock.behind(), 1), "warning": clock.told()}


@ready_check("migrations")
def migrations_applied() -> dict[str, Any]:
    """Whether the schema is this release's: every migration applied, and none of a newer one."""
    pending, unknown = schema_state.pending(), schema_state.unknown()
    return {"ok": not pending and not unknown, "pending": pending, "unknown": len(unknown)}


@ready_check("cluster")
def cluster_lives() -> dict[str, Any]:
    """Whether the background cluster did anything in the last five minutes."""
    beat = TaskHeartbeat.objects.exclude(last_success_at=None).order_by("-last_success_at").first()
    last = beat.last_success_at if beat else None
    return {"ok": last is not None and now() - last < CLUSTER_QUIET, "last_success_at": last}
