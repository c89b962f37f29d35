"""Read a folder of Markdown, in a git checkout or not; symbolic links are not followed."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from knowledge.importing import front_matter, git_dates
from knowledge.importing.rows import Refused, Row, checked

FILE_AT_MOST = 1024 * 1024
FILES_AT_MOST = 20_000
_SUFFIXES = (".md", ".markdown")
_ALERT_NAME = re.compile(r"[A-Z][a-z0-9]+(?:[A-Z][A-Za-z0-9]*)+")
_OWN = ("category", "owner", "alertname", "entry_type", "status", "licence")


def read(folder: Path, source: str = "") -> Iterator[Row | Refused]:
    """Answer each file's row, or why it has none, in the order of their paths."""
    checkout = git_dates.read(folder)
    top = checkout.root.resolve() if checkout else folder.resolve()
    name = source or (checkout.name if checkout else folder.resolve().name)
    for number, path in enumerate(files(folder)):
        where = path.relative_to(folder).as_posix()
        if number >= FILES_AT_MOST:
            yield Refused(where, f"a folder may have at most {FILES_AT_MOST} files")
            return
        text = _text(path)
        if isinstance(text, Refused):
            yield Refused(where, text.reason)
            continue
        inside = (folder.resolve() / where).relative_to(top).as_posix()
        yield checked(where, _data(text, where, inside, name, checkout, path))


def files(folder: Path) -> Iterator[Path]:
    """Answer the Markdown files below a folder; hidden folders and links are left out."""
    for here, folders, names in os.walk(folder, followlinks=False):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            path = Path(here) / name
            if name.lower().endswith(_SUFFIXES) and not path.is_symlink():
                yield path


def _text(path: Path) -> str | Refused:
    try:
        # What became a link or a pipe meanwhile is not opened.
        fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with os.fdopen(fd, "rb") as file:
            if not stat.S_ISREG(os.fstat(fd).st_mode):
                return Refused("", "is no regular file")
            body = file.read(FILE_AT_MOST + 1)
    except OSError as error:
        return Refused("", f"cannot be read ({error.strerror})")
    if len(body) > FILE_AT_MOST:
        return Refused("", f"is longer than {FILE_AT_MOST} bytes")
    if b"\0" in body:
        return Refused("", "must not contain NUL characters")
    try:
        return body.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError:
        return Refused("", "must be UTF-8")


def _data(
    text: str,
    where: str,
    inside: str,
    source: str,
    checkout: git_dates.Checkout | None,
    path: Path,
) -> dict[str, Any]:
    head, body = front_matter.split(text)
    first, last = _dates(inside, checkout, path)
    data: dict[str, Any] = {
        "source_repo": source,
        "path": inside,
        "title": head.get("title") or front_matter.first_heading(body) or path.stem,
        "body": body,
        "category": path.parent.name if "/" in where else "general",
        "tags": _listed(head.get("tags")),
        "alertname": path.stem if _ALERT_NAME.fullmatch(path.stem) else None,
        "author_date_first": first,
        "author_date_last": last,
        "source_commit": checkout.commit if checkout else None,
        "front_matter": {name: value for name, value in head.items() if name not in _OURS} or None,
    }
    told = {name: head[name] for name in _TOLD if isinstance(head.get(name), str)}
    if "source_repo" in told and "path" in told:
        # What an export wrote says all of it itself: a copy's folder or commit says nothing.
        data |= {"category": None, "alertname": None, **told}
    data |= {name: head[name] for name in _OWN if isinstance(head.get(name), str) and head[name]}
    return data


_TOLD = (
    "source_repo", "path", "author_date_first", "author_date_last", "author_date_last_non_bulk",
)  # fmt: skip
_OURS = frozenset({"title", "tags", *_OWN, *_TOLD})


def _listed(value: Any) -> list[str]:
    if isinstance(value, list):
        return [str(item) for item in value]
    return [part.strip() for part in str(value).split(",") if part.strip()] if value else []


def _dates(
    inside: str, checkout: git_dates.Checkout | None, path: Path
) -> tuple[datetime | None, datetime | None]:
    if checkout and inside in checkout.dates:
        return checkout.dates[inside]
    changed = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    return None, changed
