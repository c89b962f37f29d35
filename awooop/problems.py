"""RFC 9457 problem documents: one mapping from refusals to answers, for API and pages."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import structlog
from django.db import DataError, InterfaceError, OperationalError, transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import is_valid_path, reverse

from awooop.errors import Invalid, Refused, Unavailable
from awooop.json_body import has_nul
from awooop.logs import request_id

CONTENT_TYPE = "application/problem+json"
RETRY_AFTER_S = 5
log = structlog.get_logger(__name__)


def document(status: int, code: str, detail: str, **extra: Any) -> dict[str, Any]:
    """Answer a problem document: `type`, `title`, `status`, `detail`, `code`, `request_id` and
    more."""
    return {
        "type": f"urn:awooop:problem:{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "code": code,
        "request_id": request_id(),
        **extra,
    }


def respond(request: HttpRequest, refused: Refused) -> HttpResponse:
    """Answer a refusal: a problem document to the API, an error page to a person."""
    extra = dict(refused.extra)
    if refused.errors:
        extra["errors"] = refused.errors
    body = document(refused.status, refused.code, refused.detail, **extra)
    response = as_json(body) if wants_json(request) else _page(request, "errors/refused.html", body)
    if refused.status == 503:
        response["Retry-After"] = str(RETRY_AFTER_S)
    elif "retry_after" in extra:
        response["Retry-After"] = str(extra["retry_after"])
    if refused.status == 401:
        response["WWW-Authenticate"] = "Bearer"
    return response


def as_json(body: dict[str, Any]) -> HttpResponse:
    """Answer a problem document as a response."""
    return JsonResponse(
        body,
        status=body["status"],
        content_type=CONTENT_TYPE,
        json_dumps_params={"ensure_ascii": False, "default": str},
    )


def wants_json(request: HttpRequest) -> bool:
    """Whether the asker is a program: an API path, or an Accept header that says so."""
    if request.path.startswith(("/api/", "/metrics", "/healthz", "/readyz")):
        return True
    return "json" in request.headers.get("Accept", "") and not request.accepts("text/html")


class RefusalMiddleware:
    """Turn what pages raise on purpose into error pages; programs get problem documents."""

    def __init__(self, get_response) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        is_bare = response.status_code == 405 and response["Content-Type"] != CONTENT_TYPE
        return _not_allowed_here(request, response) if is_bare else response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer what was refused, or a passing fault; anything else is a defect for the 500
        handler."""
        if isinstance(exception, Refused):
            return respond(request, exception)
        if isinstance(exception, (OperationalError, InterfaceError)):
            return database_gone(request, exception)
        if isinstance(exception, (ValueError, DataError)) and (errors := _with_nul(request)):
            answer = respond(request, Invalid(errors))
            transaction.set_rollback(True)  # after the answer, whose shell asks the database
            return answer
        return None


def _with_nul(request: HttpRequest) -> dict[str, str]:
    """Answer the fields of a form that hold NUL characters: no column keeps them."""
    return {
        name.replace("\0", ""): "must not contain NUL characters"
        for name, values in request.POST.lists()
        if has_nul(name) or any(map(has_nul, values))
    }


def _not_allowed_here(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Say in words that the address does not take this method; the framework says it in none."""
    allowed = response.get("Allow", "")
    detail = f"{request.method} is not possible here; what is: {allowed or 'nothing'}."
    body = document(405, "method_not_allowed", detail)
    answer = as_json(body) if wants_json(request) else _page(request, "errors/refused.html", body)
    answer["Allow"] = allowed
    return answer


def database_gone(request: HttpRequest, error: Exception) -> HttpResponse:
    """Answer 503 with `Retry-After`: the database did not answer, or asks to try again."""
    log.error("database_error", error=str(error)[:500])
    return respond(request, Unavailable("The database did not answer. Try again in a moment."))


def _handler(status: int, code: str, detail: str):
    def handle(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
        if wants_json(request):
            return as_json(document(status, code, detail))
        return render(
            request, f"{status}.html", {"problem": document(status, code, detail)}, status=status
        )

    return handle


bad_request = _handler(400, "bad_request", "The request could not be understood.")
permission_denied = _handler(403, "not_allowed", "You may not do this.")
_nothing_here = _handler(404, "not_found", "There is nothing at this address.")


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Lead a person who typed the console's bare address, or a slash too many, to the page meant;
    else say that nothing is here."""
    meant = _page_meant(request)
    return redirect(meant) if meant else _nothing_here(request, exception)


def _page_meant(request: HttpRequest) -> str:
    """Answer the address without the slash at its end; empty where that is no page either."""
    path = request.path_info.rstrip("/")
    if request.method != "GET" or (path != "/awooop" and path == request.path_info):
        return ""
    if path == "/awooop":
        return reverse("home")
    if not path.startswith("/awooop/") or not is_valid_path(path):
        return ""
    query = request.META.get("QUERY_STRING", "")
    return f"{path}?{query}" if query else path


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer an unexpected failure without the database, which may be its cause."""
    body = document(500, "internal_error", "Something failed here. It was logged with this id.")
    if wants_json(request):
        return as_json(body)
    return _page(request, "500.html", body)


def _page(request: HttpRequest, template: str, body: dict[str, Any]) -> HttpResponse:
    """Render an error page; a fault of our own without the shell, which asks the database."""
    shell = request if body["status"] < 500 else None
    text = render_to_string(template, {"problem": body}, request=shell)
    return HttpResponse(text, status=body["status"])


def pydantic_errors(rows: list[dict[str, Any]]) -> list[dict[str, str]]:
    """Name each field of a Pydantic error list, without the place (`body`, `payload`) before it."""
    places = {"body", "query", "path", "payload", "params", "form", "header"}
    errors = []
    for row in rows:
        parts = [str(part) for part in row.get("loc", ())]
        while parts and parts[0] in places:
            parts.pop(0)
        errors.append({"field": ".".join(parts) or "body", "message": str(row.get("msg", ""))})
    return errors
