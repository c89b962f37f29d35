"""Structured logs with one request id, for our own and the libraries' loggers."""

from __future__ import annotations

import logging
import sys
from typing import Any
from uuid import uuid4

import structlog
from structlog.contextvars import bind_contextvars, clear_contextvars, get_contextvars

from awooop.redaction import redact


def configure(level: str, fmt: str) -> None:
    """Set up structlog and the standard library's logging to write one line an event to stderr."""
    console = fmt == "console" or (fmt == "auto" and sys.stderr.isatty())
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.stdlib.ExtraAdder(),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    last: list[Any] = [structlog.stdlib.ProcessorFormatter.remove_processors_meta]
    if console:
        last.append(structlog.dev.ConsoleRenderer())
    else:
        last += [structlog.processors.format_exc_info, _redact, structlog.processors.JSONRenderer()]
    handler = logging.StreamHandler()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=last)
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)


def bind_request(given: str = "", **values: str) -> str:
    """Start a request's (or a task's) context; answers its id: the given one if it is harmless."""
    clear_contextvars()
    usable = given if given.isascii() and given.replace("-", "").isalnum() else ""
    ident = usable[:64] if len(usable) >= 8 else uuid4().hex
    bind_contextvars(request_id=ident, **values)
    return ident


def request_id() -> str:
    """Answer the id of the request or task under way, or an empty string."""
    return get_contextvars().get("request_id", "")


def _redact(_: Any, __: str, event: dict[str, Any]) -> dict[str, Any]:
    return {
        key: redact(value).text if isinstance(value, str) else value for key, value in event.items()
    }
