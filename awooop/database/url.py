"""Read DATABASE_URL into Django's settings of a database."""

from __future__ import annotations

from typing import Any
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

_SCHEMES = ("postgres", "postgresql")
_OPTIONS = frozenset(
    {
        "sslmode",
        "sslrootcert",
        "sslcert",
        "sslkey",
        "sslcrl",
        "sslnegotiation",
        "channel_binding",
        "connect_timeout",
        "application_name",
        "options",
        "target_session_attrs",
        "keepalives",
        "keepalives_idle",
        "passfile",
        "service",
        "keepalives_interval",
        "keepalives_count",
        "gssencmode",
        "krbsrvname",
        "requirepeer",
        "tcp_user_timeout",
    }
)


def parse(url: str) -> dict[str, Any]:
    """Answer Django's DATABASES entry for postgres://user:password@host:port/name?sslmode=require.

    A socket's directory is the host, percent-encoded (%2Frun%2Fpostgresql) or as ?host=. Raises
    ValueError saying what is wrong, without repeating the password.
    """
    parts = _split(url)
    query = _query(parts)
    name = unquote(parts.path.removeprefix("/"))
    if not name or "/" in name:
        raise ValueError("needs the database's name after the host, as in postgres://host/name")
    host = query.pop("host", None) or unquote(parts.hostname_text)
    port = query.pop("port", None) or parts.port_text
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name,
        "USER": query.pop("user", None) or unquote(parts.user or ""),
        "PASSWORD": query.pop("password", None) or unquote(parts.password or ""),
        "HOST": host,
        "PORT": _port(port),
        "OPTIONS": _options(query),
    }


class _Parts:
    """The pieces of the URL as written: urlsplit would lower the case of a socket's path."""

    def __init__(self, split: SplitResult) -> None:
        login, _, address = split.netloc.rpartition("@")
        self.user, _, self.password = login.partition(":")
        self.path, self.query = split.path, split.query
        if address.startswith("["):
            host, _, rest = address[1:].partition("]")
            self.hostname_text, self.port_text = host, rest.removeprefix(":")
        else:
            self.hostname_text, _, self.port_text = address.partition(":")


def _split(url: str) -> _Parts:
    try:
        split = urlsplit(url.strip())
    except ValueError:
        raise ValueError("is not a URL; write postgres://user:password@host:port/name") from None
    if split.scheme not in _SCHEMES:
        found = f"not {split.scheme}://" if split.scheme else "a scheme is missing"
        raise ValueError(f"must begin with postgres:// or postgresql:// ({found})")
    if split.fragment:
        raise ValueError("holds a '#': write it as %23 (as any other sign of a password)")
    return _Parts(split)


def _query(parts: _Parts) -> dict[str, str]:
    try:
        return dict(parse_qsl(parts.query, strict_parsing=True)) if parts.query else {}
    except ValueError:
        raise ValueError("has options that are not name=value pairs after the '?'") from None


def _port(text: str) -> str:
    if text and not (text.isdigit() and 0 < int(text) < 65536):
        raise ValueError(f"has the port {text!r}, which is not a number from 1 to 65535")
    return text


def _options(query: dict[str, str]) -> dict[str, str]:
    unknown = sorted(set(query) - _OPTIONS)
    if unknown:
        raise ValueError(f"has an unknown option: {', '.join(unknown)}")
    return query
