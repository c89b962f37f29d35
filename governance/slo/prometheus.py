"""A client of Prometheus' instant queries: bounded in time and size, and honest about failures."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import Any

import urllib3
from urllib3.exceptions import HTTPError

TIMEOUT_S = 5.0
# A query that is too slow is told so by the server before the client takes the server for gone.
_SERVER_S = 0.8
ANSWER_MOST = 1024 * 1024
CONNECTIONS = 8


class Unreachable(Exception):
    """No answer within the time, or none at all; the message says what happened."""


class QueryFailed(Exception):
    """Prometheus answered, but no number; the message is its own where it gave one."""


class Prometheus:
    """Asks one server; safe to use from several threads."""

    def __init__(self, url: str, *, token: str = "", timeout_s: float = TIMEOUT_S) -> None:
        self._url = f"{url}/api/v1/query"
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._timeout_s = timeout_s
        # No retries and no redirects: a credential goes to the server that was named.
        self._pool = urllib3.PoolManager(num_pools=1, maxsize=CONNECTIONS, retries=False)

    def __enter__(self) -> Prometheus:
        return self

    def __exit__(self, *exception: object) -> None:
        self._pool.clear()

    def value(self, query: str) -> float | None:
        """Answer the one number that a query gives, or None where it gives nothing.

        Raises Unreachable, or QueryFailed also where it gives several.
        """
        return _value(_data(*self._ask(query)))

    def _ask(self, query: str) -> tuple[int, bytes]:
        until = time.monotonic() + self._timeout_s
        try:
            response = self._pool.request(
                "GET",
                self._url,
                fields={"query": query, "timeout": f"{self._timeout_s * _SERVER_S:g}s"},
                headers=self._headers,
                timeout=urllib3.Timeout(total=self._timeout_s),
                preload_content=False,
                redirect=False,
            )
            try:
                return response.status, _body(response, until)
            finally:
                response.close()
        except (HTTPError, OSError) as error:
            raise Unreachable(f"Prometheus did not answer: {_short(error)}") from error


def _body(response: Any, until: float) -> bytes:
    """Read an answer that may trickle, or never end."""
    body = bytearray()
    while chunk := response.read1(65_536):
        body += chunk
        if len(body) > ANSWER_MOST:
            raise QueryFailed("the answer is too large: aggregate the query to one number")
        if time.monotonic() > until:
            raise Unreachable("Prometheus did not answer in time")
    return bytes(body)


def _data(status: int, body: bytes) -> Mapping[str, Any]:
    try:
        answer = json.loads(body)
    except ValueError:
        raise QueryFailed(f"status {status}, and no JSON: is PROMETHEUS_URL right?") from None
    if not isinstance(answer, dict) or answer.get("status") not in ("success", "error"):
        raise QueryFailed(f"status {status}, and not an answer of Prometheus")
    if answer["status"] == "error" or status != 200:
        kind, text = answer.get("errorType", f"status {status}"), answer.get("error", "")
        raise QueryFailed(f"{kind}: {text}"[:300])
    data = answer.get("data")
    if not isinstance(data, dict):
        raise QueryFailed("an answer without data")
    return data


def _value(data: Mapping[str, Any]) -> float | None:
    kind, result = data.get("resultType"), data.get("result")
    try:
        if kind == "scalar":
            return float(result[1])
        if kind != "vector":
            raise QueryFailed(f"the query answers a {kind}; it must answer one number")
        if len(result) > 1:
            raise QueryFailed(f"the query answers {len(result)} series; aggregate them to one")
        return float(result[0]["value"][1]) if result else None
    except (TypeError, KeyError, IndexError, ValueError):
        raise QueryFailed("a number that is none") from None


def _short(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:200]
