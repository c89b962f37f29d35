"""Write entries as JSON Lines or as a folder of Markdown, in the format that the import reads."""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from awooop import csv_export
from awooop.errors import Conflict, Invalid
from knowledge.importing import front_matter
from knowledge.importing.exchange import data_of
from knowledge.importing.rows import path_problem
from knowledge.models import EntryStatus, KnowledgeEntry

Tell = Callable[[int, int], None]
BATCH = 200
_UNSAFE = re.compile(r"[^\w.-]+")
_HEAD = (
    "title", "source_repo", "path", "category", "tags", "alertname", "owner", "entry_type",
    "status", "licence", "author_date_first", "author_date_last_non_bulk",
)  # fmt: skip


def write(project_id: str, target: Path, *, archived: bool, tell: Tell) -> int:
    """Write a project's entries to a `.jsonl` file, or into a folder; answers how many.

    A file is written beside and then put in its place; nothing is written through a symbolic link.
    Raises Invalid for a target that is neither.
    """
    if target.suffix == ".jsonl":
        return _to_file(project_id, target, archived, tell)
    if target.exists() and not target.is_dir():
        raise Invalid({"path": "must be a .jsonl file or a folder"})
    return _to_folder(project_id, target, archived, tell)


def _entries(project_id: str, archived: bool, tell: Tell) -> Iterator[KnowledgeEntry]:
    done, total, last = 0, 0, None
    while True:
        with csv_export.reading([project_id]):
            rows = KnowledgeEntry.objects.filter(project_id=project_id)
            if not archived:
                rows = rows.exclude(status=EntryStatus.ARCHIVED)
            total = rows.count() if last is None else total
            after = rows.filter(pk__gt=last) if last else rows
            batch = list(after.order_by("pk")[:BATCH])
        yield from batch
        done += len(batch)
        tell(done, total)
        if len(batch) < BATCH:
            return
        last = batch[-1].pk


def _to_file(project_id: str, target: Path, archived: bool, tell: Tell) -> int:
    _check_parent(target)
    count = 0
    fd, draft = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(fd, "w", encoding="utf-8") as file:
            for entry in _entries(project_id, archived, tell):
                line = json.dumps(data_of(entry), ensure_ascii=False, sort_keys=True)
                file.write(f"{line}\n")
                count += 1
        Path(draft).chmod(0o644)
        Path(draft).replace(target)
    finally:
        Path(draft).unlink(missing_ok=True)
    return count


def _check_parent(target: Path) -> None:
    if not target.parent.is_dir():
        raise Invalid({"path": f"there is no folder {target.parent}"})


def _to_folder(project_id: str, target: Path, archived: bool, tell: Tell) -> int:
    _check_parent(target.absolute())
    target.mkdir(exist_ok=True)
    written: set[str] = set()
    for entry in _entries(project_id, archived, tell):
        data = data_of(entry)
        name = _file_name(data["source_repo"], data["path"])
        if name.lower() in written:  # told apart by more than a file's name
            name = f"{name.rpartition('.')[0]}-{entry.pk}.md"
        written.add(name.lower())
        _put(target.resolve(), name, _text(data))
    return len(written)


def _file_name(source: str, path: str) -> str:
    """Answer a file's name below the folder; the true source and path stand in its head."""
    plain = "/".join(_UNSAFE.sub("-", part).strip(".-") or "-" for part in source.split("/"))
    suffix = "" if path.lower().endswith((".md", ".markdown")) else ".md"
    return f"{plain}/{path}{suffix}"


def _text(data: dict[str, Any]) -> str:
    head = {name: data[name] for name in _HEAD if data.get(name)}
    return front_matter.join(head, data["body"])


def _put(top: Path, relative: str, text: str) -> None:
    """Write one file below `top`, and nowhere else."""
    reason = path_problem(relative)
    if reason:
        raise Conflict(f"{relative} {reason}.", code="unsafe_path")
    path = top / relative
    folder = top
    for part in path.relative_to(top).parts[:-1]:
        folder = folder / part
        if folder.is_symlink():
            raise Conflict(f"{folder} is a symbolic link; nothing is written through it.")
        try:
            folder.mkdir(exist_ok=True)
        except OSError as error:
            raise Conflict(f"{folder} cannot be made ({error.strerror}).") from None
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW
    try:
        fd = os.open(path, flags, 0o644)
    except OSError as error:
        raise Conflict(f"{path} cannot be written ({error.strerror}).") from None
    with os.fdopen(fd, "w", encoding="utf-8", newline="\n") as file:
        file.write(text)
