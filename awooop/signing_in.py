"""What a session keeps of how its person signed in."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import auth
from django.contrib.auth.signals import user_logged_in
from django.http import HttpRequest

from awooop.actions import sign_in
from awooop.addresses import client_address
from awooop.clock import now
from awooop.models import User
from awooop.sessions import SIGN_IN

_BACKEND = "django.contrib.auth.backends.ModelBackend"
_AGENT_AT_MOST = 300


def complete(request: HttpRequest, user: User, *, method: str) -> None:
    """Sign a person in whose identity is certain: a new session key, and the record of it."""
    request.sign_in_method = method
    auth.login(request, user, backend=_BACKEND)
    sign_in.record_sign_in(user, address=client_address(request), method=method)


def note_confirmed(request: HttpRequest) -> None:
    """Keep that the person has just shown that it is them."""
    facts = request.session.get(SIGN_IN) or {}
    request.session[SIGN_IN] = {**facts, "confirmed_at": now().isoformat()}


def connect() -> None:
    """Keep the facts of each sign-in, however it came about."""
    user_logged_in.connect(_keep_facts, dispatch_uid="awooop.keep_sign_in_facts")


def _keep_facts(sender: Any, request: HttpRequest, user: User, **_: Any) -> None:
    at = now().isoformat()
    request.session[SIGN_IN] = {
        "ident": str(uuid.uuid4()),
        "at": at,
        "confirmed_at": at,
        "address": client_address(request) or None,
        "agent": request.headers.get("User-Agent", "")[:_AGENT_AT_MOST].replace("\0", ""),
        "method": getattr(request, "sign_in_method", "password"),
    }
