"""Back up and restore a database, embedded or external, with PostgreSQL's own programs."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

import psycopg

from awooop.database import binaries
from awooop.database.layout import BACKUP_ROLE, embedded_settings

_PROLOGUE_LINES = 40
_HIDDEN_ROWS = "row-level security"
_HINT = """
Rows of the projects are hidden from the application's own role, and a backup must have all of them.
Make a role for backups and pass its URL (db backup --url postgres://awooop_backup:…@host/name):
  create role awooop_backup login bypassrls password '…' in role pg_read_all_data;"""
# Everything of ours in the schema, so that the restored tables are the only ones: a table that a
# newer version added must not survive the restore of an older backup.
_EMPTY_SCHEMA = b"""
set lock_timeout = '30s';
do $$
declare thing record;
begin
  for thing in
    select format('drop %s if exists %I.%I cascade',
             case c.relkind when 'v' then 'view' when 'm' then 'materialized view'
                            when 'S' then 'sequence' else 'table' end,
             n.nspname, c.relname) as command
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = 'public' and c.relkind in ('r', 'p', 'v', 'm', 'S')
      and not exists (select from pg_depend d
                      where d.objid = c.oid and d.deptype in ('e', 'i', 'a'))
  loop execute thing.command; end loop;
  for thing in
    select format('drop routine if exists %s cascade', p.oid::regprocedure) as command
    from pg_proc p join pg_namespace n on n.oid = p.pronamespace
    where n.nspname = 'public'
      and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')
  loop execute thing.command; end loop;
  for thing in
    select format('drop type if exists %I.%I cascade', n.nspname, t.typname) as command
    from pg_type t join pg_namespace n on n.oid = t.typnamespace
    where n.nspname = 'public' and t.typtype in ('e', 'd')
      and not exists (select from pg_depend d where d.objid = t.oid and d.deptype = 'e')
  loop execute thing.command; end loop;
end $$;
"""


class DumpError(Exception):
    """A backup or restore failed; the message says why, and nothing was changed."""


def environment(settings: Mapping[str, Any]) -> dict[str, str]:
    """Answer libpq's variables for Django's settings (no password on command lines)."""
    found = {
        "PGHOST": settings.get("HOST"),
        "PGPORT": settings.get("PORT"),
        "PGUSER": settings.get("USER"),
        "PGPASSWORD": settings.get("PASSWORD"),
        "PGDATABASE": settings["NAME"],
    }
    for name, variable in _OPTION_VARIABLES.items():
        found[variable] = (settings.get("OPTIONS") or {}).get(name)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return kept | {name: str(value) for name, value in found.items() if value not in (None, "")}


_OPTION_VARIABLES = {
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
    "sslcert": "PGSSLCERT",
    "sslkey": "PGSSLKEY",
    "sslcrl": "PGSSLCRL",
    "channel_binding": "PGCHANNELBINDING",
    "connect_timeout": "PGCONNECT_TIMEOUT",
    "options": "PGOPTIONS",
    "passfile": "PGPASSFILE",
    "service": "PGSERVICE",
    "target_session_attrs": "PGTARGETSESSIONATTRS",
    "gssencmode": "PGGSSENCMODE",
    "krbsrvname": "PGKRBSRVNAME",
    "requirepeer": "PGREQUIREPEER",
}


def as_backup_role(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Answer the embedded database's settings for the role that sees every row."""
    return {**settings, "USER": BACKUP_ROLE}


def backup(settings: Mapping[str, Any], path: Path) -> int:
    """Write all of the database to `path` (custom format, readable by its owner); answers bytes.

    The file appears under its name only when complete and readable. Raises DumpError.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        draft.touch(mode=0o600)
        _run(settings, ["pg_dump", "--format=custom", "--no-owner", "--no-privileges"], file=draft)
        _run(settings, ["pg_restore", "--list", str(draft)])
        with draft.open("rb") as file:
            os.fsync(file.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    return path.stat().st_size


def restore(settings: Mapping[str, Any], path: Path, *, force: bool = False) -> None:
    """Restore a backup in one transaction; raises DumpError, and then nothing has changed.

    A database that holds tables is replaced only with `force`.
    """
    if not path.is_file():
        raise DumpError(f"There is no backup {path}.")
    tables = count_tables(settings)
    if tables and not force:
        raise DumpError(
            f"The database holds {tables} tables. Restore into an empty one, or pass --force to "
            "replace everything in it."
        )
    _replay(settings, path)


def count_tables(settings: Mapping[str, Any]) -> int:
    """Answer how many tables the database has."""
    query = "select count(*) from pg_tables where schemaname = 'public'"
    try:
        with psycopg.connect(**parameters(settings)) as connection:
            row = connection.execute(query).fetchone()
    except psycopg.Error as error:
        raise DumpError(f"The database cannot be reached: {error}") from error
    return int(row[0]) if row else 0


def parameters(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Answer what psycopg needs to connect, from Django's settings of a database."""
    names = {"HOST": "host", "PORT": "port", "USER": "user", "PASSWORD": "password"}
    found = {name: settings[key] for key, name in names.items() if settings.get(key)}
    options = {
        key: value
        for key, value in (settings.get("OPTIONS") or {}).items()
        if key in _OPTION_VARIABLES or key == "application_name"
    }
    return {"dbname": settings["NAME"], **found, **options}


def embedded_parameters(data_dir: Path) -> dict[str, Any]:
    """Answer the same for the embedded database of this data directory."""
    return parameters(embedded_settings(data_dir))


def _run(settings: Mapping[str, Any], command: list[str], *, file: Path | None = None) -> None:
    program = binaries.find() / command[0]
    target = [f"--file={file}"] if file else []
    done = subprocess.run(  # noqa: S603 - a path of ours
        [program, *command[1:], *target],
        env=environment(settings),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        check=False,
    )
    if done.returncode != 0:
        said = done.stderr.decode(errors="replace").strip()
        raise DumpError(f"{command[0]} failed: {said}" + (_HINT if _HIDDEN_ROWS in said else ""))


def _replay(settings: Mapping[str, Any], path: Path) -> None:
    """Pipe the backup as SQL into one transaction, committed only if both ends went well."""
    options = ["--file=-", "--no-owner", "--no-privileges", "--no-comments"]
    quiet = ["--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1"]
    with tempfile.TemporaryFile() as reader_said, tempfile.TemporaryFile() as writer_said:
        reader = _start(settings, ["pg_restore", *options, str(path)], reader_said)
        writer = _start(settings, ["psql", *quiet], writer_said, reads=True)
        try:
            _pump(reader, writer)
        finally:
            _close(reader.stdout)
            _close(writer.stdin)
            codes = {"pg_restore": reader.wait(), "psql": writer.wait()}
        # A refused statement ends psql, and then pg_restore for want of a reader: name the cause.
        for name, said in (("psql", writer_said), ("pg_restore", reader_said)):
            if codes[name] != 0:
                raise DumpError(f"{name} failed, nothing was changed: {_text(said)}")


def _pump(reader: subprocess.Popen[bytes], writer: subprocess.Popen[bytes]) -> None:
    source, sink = _pipe(reader.stdout), _pipe(writer.stdin)
    try:
        sink.write(b"begin;\n" + _EMPTY_SCHEMA)
        for _ in range(_PROLOGUE_LINES):
            line = source.readline()
            # Written by version 17 and later, unknown to older servers.
            if not line.startswith(b"SET transaction_timeout"):
                sink.write(line)
        shutil.copyfileobj(source, sink, 2**20)
        if reader.wait() == 0:
            sink.write(b"\ncommit;\n")  # without it psql rolls back at the end of its input
    except BrokenPipeError:
        return  # psql has refused a statement: its exit code and words tell


def _start(
    settings: Mapping[str, Any], command: list[str], said: IO[bytes], *, reads: bool = False
) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603 - a path of ours
        [binaries.find() / command[0], *command[1:]],
        env=environment(settings),
        stdin=subprocess.PIPE if reads else subprocess.DEVNULL,
        stdout=subprocess.DEVNULL if reads else subprocess.PIPE,
        stderr=said,
    )


def _pipe(end: IO[bytes] | None) -> IO[bytes]:
    if end is None:
        raise DumpError("a program was started without its pipe")
    return end


def _close(end: IO[bytes] | None) -> None:
    with contextlib.suppress(BrokenPipeError):
        _pipe(end).close()


def _text(said: IO[bytes]) -> str:
    said.seek(0)
    return said.read().decode(errors="replace").strip()[-2000:]
