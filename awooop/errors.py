"""What the product refuses, and why. Actions raise these; API and pages turn them into answers.

Each carries a stable `code`, a sentence for a person (`detail`) and the HTTP status it maps to, so
that the mapping stands once (see `awooop.problems`).
"""

from __future__ import annotations

from typing import Any


class Refused(Exception):
    """The base of every refusal that the product makes on purpose."""

    status = 400
    code = "refused"

    def __init__(self, detail: str, *, code: str | None = None, **extra: Any) -> None:
        super().__init__(detail)
        self.detail = detail
        self.code = code or self.code
        self.extra = extra
        self.errors: list[dict[str, str]] = []


class NotFound(Refused):
    """Unknown, or of a project that the caller may not see: the two are not told apart."""

    status = 404
    code = "not_found"


class NotAllowed(Refused):
    """The caller is known but may not do this."""

    status = 403
    code = "not_allowed"


class Unauthenticated(Refused):
    """Nobody the application knows."""

    status = 401
    code = "unauthenticated"


class Conflict(Refused):
    """The state of the thing does not allow it."""

    status = 409
    code = "conflict"


class TooLarge(Refused):
    """The body or the list is over its bound."""

    status = 413
    code = "too_large"


class Unavailable(Refused):
    """A passing fault: the sender should try again."""

    status = 503
    code = "unavailable"


class Invalid(Refused):
    """Malformed or out of range; `errors` names each field: `[{"field", "message"}]`."""

    status = 422
    code = "invalid"

    def __init__(self, errors: list[dict[str, str]] | dict[str, str], **extra: Any) -> None:
        rows = (
            [{"field": field, "message": message} for field, message in errors.items()]
            if isinstance(errors, dict)
            else errors
        )
        summary = "; ".join(f"{row['field']}: {row['message']}" for row in rows[:5])
        super().__init__(summary or "The request is malformed.", **extra)
        self.errors = rows
