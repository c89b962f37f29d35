"""Requests and their durations, summed over all processes of this machine (mmapped files)."""

from __future__ import annotations

import os
from pathlib import Path

from django.http import HttpRequest, HttpResponse
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

_LABELS = ("method", "route", "status")
REQUESTS = Counter("awooop_http_requests_total", "Requests answered.", _LABELS)
SECONDS = Histogram(
    "awooop_http_request_duration_seconds",
    "Time to answer a request.",
    ("route",),
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)


def observe(request: HttpRequest, response: HttpResponse, seconds: float) -> None:
    """Count one answered request under its route's pattern, never under its raw path."""
    match = request.resolver_match
    route = match.route if match else "unmatched"
    method = request.method if request.method in _METHODS else "other"
    REQUESTS.labels(method, route, str(response.status_code)).inc()
    SECONDS.labels(route).observe(seconds)


def exposition() -> str:
    """Answer the request metrics in the text format."""
    registry = CollectorRegistry()
    directory = os.environ.get("PROMETHEUS_MULTIPROC_DIR")
    if directory and Path(directory).is_dir():
        MultiProcessCollector(registry)
    else:
        registry.register(REQUESTS)
        registry.register(SECONDS)
    return generate_latest(registry).decode()


_METHODS = frozenset({"GET", "HEAD", "POST", "PATCH", "PUT", "DELETE", "OPTIONS"})
