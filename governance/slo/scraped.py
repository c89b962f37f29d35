"""The SLIs as Prometheus has them: one scoped query per SLO and project, some at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import structlog
from django.conf import settings

from awooop.errors import Invalid
from governance.slo import promql, readings
from governance.slo.definitions import Slo
from governance.slo.prometheus import (
    CONNECTIONS,
    TIMEOUT_S,
    Prometheus,
    QueryFailed,
    Unreachable,
)
from governance.slo.readings import Reading

log = structlog.get_logger(__name__)
_SKIPPED = "Prometheus did not answer another query a moment ago"


def read(wanted: Mapping[str, Sequence[Slo]]) -> dict[tuple[str, str], Reading]:
    """Answer each project's SLOs; once Prometheus did not answer, nothing more is asked of it."""
    pairs = [(project, slo) for project, some in wanted.items() for slo in some]
    down = Event()
    url, token = settings.PROMETHEUS_URL, settings.PROMETHEUS_TOKEN
    with (
        Prometheus(url, token=token, timeout_s=TIMEOUT_S) as server,
        ThreadPoolExecutor(CONNECTIONS) as threads,
    ):
        found = list(threads.map(lambda pair: _reading(server, down, *pair), pairs))
    if down.is_set():
        log.warning("prometheus_unreachable", url=url)
    return {(project, slo.name): one for (project, slo), one in zip(pairs, found, strict=True)}


def _reading(server: Prometheus, down: Event, project: str, slo: Slo) -> Reading:
    if down.is_set():
        return readings.failed(_SKIPPED, reason=readings.UNREACHABLE)
    try:
        return readings.of(server.value(promql.scoped(slo.query, project)))
    except Unreachable as error:
        down.set()
        return readings.failed(str(error), reason=readings.UNREACHABLE)
    except (QueryFailed, Invalid) as error:
        return readings.failed(str(error))
