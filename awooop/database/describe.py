"""Tell a person or a script how the database is and where it lies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

import psycopg

from awooop.database import dump
from awooop.database.launcher import Launcher

_QUERY = """
select current_setting('server_version'), pg_database_size(current_database()),
       extract(epoch from now() - pg_postmaster_start_time())::bigint,
       (select count(*) from pg_stat_activity where datname = current_database())"""
_FIELDS = ("version", "size_bytes", "uptime_s", "connections")


def embedded(launcher: Launcher) -> dict[str, Any]:
    """Answer the state of the embedded server, without starting it."""
    status = launcher.status()
    found = {"mode": "embedded", **status.as_dict()}
    if status.running and launcher.is_ready():
        found |= _ask(dump.embedded_parameters(launcher.data_dir))
    return found


def external(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Answer the state of the external server."""
    where = {"mode": "external", "url": url(settings, show_password=False)}
    return where | _ask({**dump.parameters(settings), "connect_timeout": 5})


def url(settings: Mapping[str, Any], *, show_password: bool) -> str:
    """Answer the database's URL, by default with the password starred out."""
    password = settings.get("PASSWORD") or ""
    shown = quote(password, safe="") if show_password else "***"
    login = quote(settings.get("USER") or "", safe="") + (f":{shown}" if password else "")
    host, port = str(settings.get("HOST") or ""), str(settings.get("PORT") or "")
    query = dict(settings.get("OPTIONS") or {})
    if host.startswith("/"):
        query, address = {"host": host, "port": port, **query}, ""
    else:
        address = (f"[{host}]" if ":" in host else host) + (f":{port}" if port else "")
    at = f"{login}@" if login else ""
    tail = {name: str(value) for name, value in query.items() if _is_plain(value)}
    name = quote(str(settings["NAME"]), safe="")
    return f"postgresql://{at}{address}/{name}" + (f"?{urlencode(tail)}" if tail else "")


def as_text(found: Mapping[str, Any]) -> str:
    """Answer one line per fact."""
    lines = []
    for name, value in found.items():
        if name == "users":
            value = [f"{user['pid']} {user['command'][:80]}" for user in value]
        shown = "\n              ".join(value) if isinstance(value, list) else value
        lines.append(f"{name:<13} {'-' if shown in (None, '') else shown}")
    return "\n".join(lines)


def _ask(parameters: dict[str, Any]) -> dict[str, Any]:
    try:
        with psycopg.connect(**parameters) as connection:
            row = connection.execute(_QUERY).fetchone()
    except psycopg.Error as error:
        return {"running": False, "error": str(error)}
    return {"running": True, **dict(zip(_FIELDS, row or (), strict=True))}


def _is_plain(value: Any) -> bool:
    return isinstance(value, str | int) and value != ""
