"""Each request: one id, one caller, one transaction, one scope."""

from __future__ import annotations

import time
import zoneinfo
from collections.abc import Callable

import structlog
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.db import DatabaseError, connection, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone, translation

from awooop import (
    http_metrics,
    identity,
    logs,
    problems,
    rate_limits,
    sessions,
    signing_in,
    tenancy,
)
from awooop.errors import Invalid, Refused, TooLarge
from awooop.json_body import has_nul

Handler = Callable[[HttpRequest], HttpResponse]
log = structlog.get_logger(__name__)

API_PREFIX = "/api/"
MAX_BODY = 5 * 1024 * 1024
_OPEN_PREFIXES = (API_PREFIX, "/static/", "/healthz", "/readyz", "/metrics")
# What is open to who must add a second factor before anything else.
_WHILE_ADDING = frozenset(
    {
        "sso",
        "sso-callback",
        "second-factor",
        "second-factor-app",
        "second-factor-key",
        "confirm",
        "login",
        "logout",
    }
    | {"login-second-factor", "set-language"}
)
# A GET that signs somebody in, as the protocol asks.
_SSO_CALLBACK = "/login/sso/callback"
_READS = ("GET", "HEAD", "OPTIONS")
_NO_DATABASE = ("/static/", "/healthz", "/readyz", "/metrics")


class RequestContextMiddleware:
    """Give each request an id, log it, count it, and refuse what no view should ever see."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.request_id = logs.bind_request(request.headers.get("X-Request-Id", ""))
        started = time.perf_counter()
        refused = _too_bad_to_read(request)
        response = problems.respond(request, refused) if refused else self.get_response(request)
        response["X-Request-Id"] = request.request_id
        seconds = time.perf_counter() - started
        http_metrics.observe(request, response, seconds)
        log.info(
            "request",
            method=request.method,
            path=request.path,
            status=response.status_code,
            ms=round(seconds * 1000, 1),
        )
        return response


def _too_bad_to_read(request: HttpRequest) -> Refused | None:
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdigit():
        return Invalid({"Content-Length": "must be a whole number"})
    if int(length) > MAX_BODY:
        return TooLarge(f"The body may have at most {MAX_BODY} bytes.")
    if has_nul(request.path):
        return Invalid({"path": "must not contain NUL characters"})
    for name, values in request.GET.lists():
        if has_nul(name) or any(has_nul(value) for value in values):
            return Invalid({name.replace("\0", ""): "must not contain NUL characters"})
    return None


class CallerMiddleware:
    """Find out who calls, and run the request in one transaction that sees the caller's projects.

    Reading never writes: the transaction of a GET or HEAD is READ ONLY. An answer of 500 or more
    rolls back; other answers commit what an action left on purpose (a refused event, an audited
    refusal).
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.caller = None
        if request.path.startswith(_NO_DATABASE):
            return self.get_response(request)
        is_outermost = not connection.in_atomic_block
        only_reads = is_outermost and request.method in _READS and request.path != _SSO_CALLBACK
        try:
            # A test's own transaction would keep the bucket's lock, and may be READ ONLY.
            taken = rate_limits.take(request) if is_outermost else None
            if taken and not taken.is_allowed:
                return _turned_away(request, taken)
            _recognise(request)
            with tenancy.reading() if only_reads else transaction.atomic():
                response = self._within(request, is_outermost)
                if response.status_code >= 500:
                    transaction.set_rollback(True)
            sessions.note_seen(request)
            if is_outermost:
                _note_rate(request, response, taken)
            return response
        except (
            DatabaseError
        ) as error:  # no connection, or the commit was refused: nothing was written
            return problems.database_gone(request, error)

    def _within(self, request: HttpRequest, is_outermost: bool) -> HttpResponse:
        try:
            request.caller = identity.caller_of(request)
        except Refused as refused:
            return problems.respond(request, refused)
        projects = request.caller.projects if request.caller else ()
        if is_outermost:
            tenancy.set_for_transaction(projects)
            return self.get_response(request)
        with tenancy.scope(projects):  # within a test's transaction: put the scope back afterwards
            return self.get_response(request)


def _turned_away(request: HttpRequest, taken: rate_limits.Taken) -> HttpResponse:
    response = problems.respond(request, rate_limits.refusal(taken))
    rate_limits.show(response, taken)
    return response


def _note_rate(
    request: HttpRequest, response: HttpResponse, taken: rate_limits.Taken | None
) -> None:
    key = request.caller.api_key if request.caller else None
    if taken:
        rate_limits.show(response, taken)
    elif key is not None and rate_limits.applies(request):
        try:
            rate_limits.begin(key)
        except DatabaseError as error:  # what was answered stands; the next request begins it
            log.warning("rate_bucket_not_made", error=str(error)[:200])


def _recognise(request: HttpRequest) -> None:
    """Read the session before a transaction that cannot write: one that was signed with an earlier
    SECRET_KEY gets a new key here."""
    if not request.path.startswith(API_PREFIX):
        _ = request.user.is_authenticated


class PreferencesMiddleware:
    """Show times in the reader's zone and texts in the reader's language.

    That is the one chosen on the profile page, else what the browser asks for (LocaleMiddleware has
    seen to that). The API speaks English to everyone: programs match its sentences.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path.startswith(API_PREFIX):
            _speak(request, "en")
        user = getattr(request, "user", None)
        if user is None or not user.is_authenticated:
            timezone.activate(zoneinfo.ZoneInfo("Asia/Taipei"))
            return self.get_response(request)
        timezone.activate(_zone(user.time_zone))
        if user.language and not request.path.startswith(API_PREFIX):
            _speak(request, user.language)
        return self.get_response(request)


def _speak(request: HttpRequest, language: str) -> None:
    translation.activate(language)
    request.LANGUAGE_CODE = language


def _zone(name: str) -> zoneinfo.ZoneInfo:
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        return zoneinfo.ZoneInfo("Asia/Taipei")


class DemandLoginMiddleware(LoginRequiredMiddleware):
    """Every page demands a login; the API asks for a key instead, probes for nothing or a token."""

    def process_view(self, request, view_func, view_args, view_kwargs):
        if request.path.startswith(_OPEN_PREFIXES):
            return None
        answer = super().process_view(request, view_func, view_args, view_kwargs)
        if answer is None and request.caller is not None and signing_in.must_add(request):
            name = request.resolver_match.url_name
            return None if name in _WHILE_ADDING else redirect("second-factor")
        return answer
