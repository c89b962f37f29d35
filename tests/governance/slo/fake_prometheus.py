"""A server that answers instant queries as a test says, in Prometheus' own words."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock, Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

Answer = tuple[int, bytes]


class FakePrometheus:
    """Answers each query by `answer`; the queries that came are kept in order."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.answer: Callable[[str], Answer] = lambda query: vector()
        self.queries: list[str] = []
        self.headers: list[dict[str, str]] = []
        self.over = Event()
        self._lock = Lock()

    def take(self, query: str, headers: dict[str, str]) -> Answer:
        """Note a query and answer it."""
        with self._lock:
            self.queries.append(query)
            self.headers.append(headers)
        return self.answer(query)

    def knows(self, values: dict[str, Any]) -> None:
        """Answer queries that name one of these metrics for project `awoooi`, and no others."""

        def answer(query: str) -> Answer:
            for name, value in values.items():
                if re.search(rf'{re.escape(name)}\{{project_id="awoooi"', query):
                    return vector(value)
            return vector()

        self.answer = answer


def vector(*values: Any) -> Answer:
    """Answer these values as series of an instant vector."""
    result = [
        {"metric": {"n": str(n)}, "value": [1_700_000_000.5, str(value)]}
        for n, value in enumerate(values)
    ]
    return success("vector", result)


def success(kind: str, result: Any) -> Answer:
    """Answer a result of this type."""
    body = {"status": "success", "data": {"resultType": kind, "result": result}}
    return 200, json.dumps(body).encode()


def error(status: int, kind: str, text: str) -> Answer:
    """Answer an error as Prometheus says it."""
    return status, json.dumps({"status": "error", "errorType": kind, "error": text}).encode()


@contextmanager
def running() -> Iterator[FakePrometheus]:
    """Run a fake on a free port of loopback."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            assert parts.path == "/api/v1/query", parts.path
            (query,) = parse_qs(parts.query)["query"]
            status, body = fake.take(query, dict(self.headers))
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    fake = FakePrometheus(f"http://127.0.0.1:{server.server_address[1]}")
    thread = Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield fake
    finally:
        fake.over.set()
        server.shutdown()
        server.server_close()
        thread.join(10)
