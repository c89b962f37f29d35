"""What must be true before the application can serve; each step does nothing when it is."""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.management.commands import collectstatic
from django.core.management import call_command, get_commands
from django.db import connection
from django.utils.module_loading import import_string
from django.utils.version import get_version
from django_q.tasks import async_task

from awooop import schedules, schema_state, tenancy
from awooop.models import Project

ADMIN_EMAIL = "admin@awooop.local"
ACCOUNT_FILE = "admin-account"
_COLLECTED = "whitenoise.storage.CompressedManifestStaticFilesStorage"
_LOCK = int.from_bytes(b"awooop")
Tell = Callable[[str], None]


class NotPossible(Exception):
    """The application cannot start; the message says what a person can do about it."""


def check_port(host: str, port: int) -> None:
    """Raise NotPossible unless we can listen there."""
    try:
        family, kind, proto, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind, proto) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except socket.gaierror as error:
        raise NotPossible(f"HOST={host} is not an address of this machine: {error}") from error
    except OSError as error:
        raise NotPossible(
            f"Cannot listen at {host} port {port}: {error.strerror}. Another program (or another "
            "copy of this one) may be there: stop it, or choose another with PORT=…"
        ) from error


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """Let one starting process at a time prepare the database, on whatever machine."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_lock(%s)", [_LOCK])
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("select pg_advisory_unlock(%s)", [_LOCK])


def migrate(tell: Tell) -> None:
    """Apply the migrations that are not applied, and write the schedules; raises NotPossible."""
    refuse_newer()
    if pending := schema_state.pending():
        tell(f"applying {pending} migrations")
        call_command("migrate", interactive=False, verbosity=0)
    schedules.write()
    # The schedules ring half a minute after the cluster's start; nobody should wait to see it live.
    async_task("awooop.tasks.tick", task_name="first tick")


def refuse_newer() -> None:
    """Raise NotPossible where a newer release has changed the database."""
    if unknown := schema_state.unknown():
        raise NotPossible(
            f"The database is of a newer release: it has {unknown[-1]}, which this one does not "
            "know. Start that release, or restore the backup that was made before the upgrade."
        )


def collect_static(tell: Tell) -> None:
    """Hash and compress the static files into STATIC_ROOT if they changed since."""
    root = Path(settings.STATIC_ROOT)
    stamp, now = root / ".stamp", _static_digest()
    if stamp.exists() and stamp.read_text() == now and (root / "staticfiles.json").exists():
        return
    tell("collecting")
    command = collectstatic.Command()
    # The settings choose the plain storage until a first collection is there.
    command.storage = import_string(_COLLECTED)()
    call_command(command, interactive=False, verbosity=0, clear=True)
    stamp.write_text(now)


def demo(tell: Tell) -> None:
    """Make the demo project where there is no project at all."""
    with tenancy.registry():
        if Project.objects.exists():
            return
    if "demo" in get_commands():
        tell("making a month of history (AWOOOP_DEMO=0 starts empty)")
        call_command("demo")


def first_account(data_dir: Path) -> str | None:
    """Make the first administrator where nobody has an account; answers a password that is new."""
    if get_user_model().objects.exists():
        return None
    password = _kept_password(data_dir / ACCOUNT_FILE)
    get_user_model().objects.create_superuser(ADMIN_EMAIL, password)
    return password


def _kept_password(path: Path) -> str:
    """Answer the password in the file, or make one: a start killed half-way made the file only."""
    if path.exists():
        return path.read_text().split()[-1]
    password = secrets.token_urlsafe(12)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.touch(mode=0o600)
    draft.write_text(f"{ADMIN_EMAIL} {password}\n")
    draft.replace(path)
    return password


def _static_digest() -> str:
    digest = hashlib.sha256(f"{get_version()} {_COLLECTED}".encode())
    found = []
    for finder in finders.get_finders():
        for name, storage in finder.list(["CVS", ".*", "*~"]):
            stat = Path(storage.path(name)).stat()
            found.append(f"{name} {stat.st_mtime_ns} {stat.st_size}")
    digest.update("\n".join(sorted(found)).encode())
    return digest.hexdigest()
