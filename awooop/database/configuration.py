"""The server's configuration files, written anew at each start; `local.conf` is the operator's."""

from __future__ import annotations

import os
from pathlib import Path

from awooop.database.accounts import Account
from awooop.database.layout import BACKUP_ROLE, PORT, ROLE, Layout

MAP = "awooop"
_SETTINGS = {
    "listen_addresses": "",
    "port": PORT,
    "max_connections": 100,
    # For two cores and modest memory, on a disk without a seek penalty.
    "shared_buffers": "128MB",
    "effective_cache_size": "1GB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "random_page_cost": 1.1,
    "jit": "off",  # costs more than it saves on short queries
    "max_parallel_workers_per_gather": 0,  # no need of /dev/shm, which containers keep tiny
    "max_wal_size": "1GB",
    "min_wal_size": "80MB",
    "checkpoint_timeout": "15min",
    "wal_compression": "on",
    # Growing tables: look after them before a fifth has changed.
    "autovacuum_vacuum_scale_factor": 0.05,
    "autovacuum_analyze_scale_factor": 0.02,
    "log_min_duration_statement": "2s",
    "log_lock_waits": "on",
    "log_line_prefix": "%m [%p] %q%u@%d ",
    "log_timezone": "UTC",
    "timezone": "UTC",
    "password_encryption": "scram-sha-256",
}
_THROWAWAY = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_wal_size": "4GB",
    "autovacuum": "off",
    "log_min_duration_statement": -1,
}
_DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}


def write(layout: Layout, account: Account, *, durable: bool, setting_up: bool) -> None:
    """Write the configuration and who may connect as whom."""
    settings = _SETTINGS | {"unix_socket_directories": layout.socket_dir}
    settings |= _DURABLE if durable else _THROWAWAY
    lines = [f"{name} = {_quote(value)}" for name, value in settings.items()]
    lines += ["include_if_exists 'local.conf'  # yours: it is never overwritten"]
    header = "# Written by the application at each start; put your own settings into local.conf."
    _write(layout.cluster / "postgresql.conf", [header, *lines], account)
    _write(layout.cluster / "pg_hba.conf", [f"local all all peer map={MAP}"], account)
    write_ident(layout, account, setting_up=setting_up)


def write_ident(layout: Layout, account: Account, *, setting_up: bool) -> None:
    """Map the running account and root to our roles; to the superuser during the set-up only."""
    roles = [ROLE, BACKUP_ROLE] + (["postgres"] if setting_up else [])
    names = dict.fromkeys([account.name, "root"])
    lines = [f'{MAP} "{name}" {role}' for name in names for role in roles]
    _write(layout.cluster / "pg_ident.conf", lines, account)


def _quote(value: object) -> str:
    return "'" + str(value).replace("'", "''") + "'"


def _write(path: Path, lines: list[str], account: Account) -> None:
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.unlink(missing_ok=True)
    fd = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(fd, "w") as file:
        file.write("\n".join(lines) + "\n")
    account.own(draft)
    draft.replace(path)
