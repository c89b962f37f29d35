"""Whatever goes wrong on the way, who asks the gateway reads `allowed: false`."""

from __future__ import annotations

import json
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from awooop.problems import CONTENT_TYPE
from runs.gateway.totals import GATEWAY

AUTHORIZE = "/api/v1/platform/mcp/authorize"


class FailClosedMiddleware:
    """Say `allowed: false` in every problem that is answered to a request for a verdict.

    The outermost: a body that is too large and a database that is gone are covered, too.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.path == AUTHORIZE and response.status_code >= 400:
            _close(response)
        return response


def _close(response: HttpResponse) -> None:
    is_problem = response["Content-Type"] == CONTENT_TYPE
    said = json.loads(response.content) if is_problem else {"status": response.status_code}
    closed = {
        "allowed": False,
        "block_gate": GATEWAY,
        "block_reason": said.get("detail", "The gateway could not judge this call."),
    }
    response.content = json.dumps({**said, **closed}, ensure_ascii=False)
    response["Content-Type"] = CONTENT_TYPE
    if response.has_header("Content-Length"):
        response["Content-Length"] = str(len(response.content))
