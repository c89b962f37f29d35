"""Ask the API what schemathesis invents, through Django's test client."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

import requests
from django.test import Client
from schemathesis.core import NOT_SET
from schemathesis.core.transport import Response

BASE = "http://testserver"


def ask(case: Any, key: str | None) -> Response:
    """Send a case with a key (None: with none); answers what schemathesis can check."""
    body = b"" if case.body is NOT_SET else _bytes(case.body)
    query = urlencode(dict(case.query or {}), doseq=True)
    url = case.formatted_path + (f"?{query}" if query else "")
    headers = {str(name): str(value) for name, value in dict(case.headers or {}).items()}
    if key:
        headers["Authorization"] = f"Bearer {key}"
    content_type = headers.pop("Content-Type", None) or case.media_type or "application/json"
    client = Client(raise_request_exception=False)
    answer = client.generic(case.method, url, body, content_type, headers=_sendable(headers))
    return _as_response(answer, case.method)


def _bytes(body: Any) -> bytes:
    return body if isinstance(body, bytes) else json.dumps(body).encode("utf-8", "surrogatepass")


def _sendable(headers: dict[str, str]) -> dict[str, str]:
    # What no HTTP client could send is not the server's to refuse.
    return {
        name: value
        for name, value in headers.items()
        if name.isascii() and value.isprintable() and value.isascii()
    }


def _as_response(answer: Any, method: str) -> Response:
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return Response(
        status_code=answer.status_code,
        headers={name.lower(): [value] for name, value in answer.headers.items()},
        content=content,
        request=requests.Request(method, BASE).prepare(),
        elapsed=0.0,
        verify=False,
        message=answer.reason_phrase,
    )
