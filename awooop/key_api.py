"""A key by API: it replaces itself, so that what keeps secrets can do it on schedule."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated

from django.http import HttpRequest
from ninja import Router, Status
from pydantic import Field

from awooop.actions import api_keys
from awooop.errors import NotAllowed
from awooop.rest import ANY_SCOPE, PROBLEMS, Answer, Body

router = Router(tags=["keys"])
_HOUR = timedelta(hours=1)
_Hours = Annotated[int, Field(ge=0, le=api_keys.OVERLAP_AT_MOST // _HOUR)]


class RotateIn(Body):
    """For how long the key that asks still works."""

    overlap_hours: _Hours = api_keys.OVERLAP // _HOUR


class RotatedKey(Answer):
    """A key's successor: `key` is its whole text, in this answer and nowhere else."""

    key: str
    prefix: str
    scopes: list[str]
    project_id: str | None
    expires_at: datetime | None
    replaces: str
    old_expires_at: datetime


@router.post("/platform/api-key/rotate", response={201: RotatedKey, **PROBLEMS}, auth=ANY_SCOPE)
def rotate_own_key(request: HttpRequest, body: RotateIn):
    """Replace the key that asks by a new one: the same in all but the secret. Both work until the
    overlap is over; the new one ends when the old one was to end."""
    old = request.caller.api_key
    if old is None:
        raise NotAllowed("Only an API key replaces itself.")
    made, text = api_keys.rotate(
        by=request.caller, key=old, overlap=timedelta(hours=body.overlap_hours)
    )
    return Status(
        201,
        {
            "key": text,
            "prefix": made.prefix,
            "scopes": made.scopes,
            "project_id": made.project_id,
            "expires_at": made.expires_at,
            "replaces": old.prefix,
            "old_expires_at": old.expires_at,
        },
    )
