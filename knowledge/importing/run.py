"""Import a file or folder: read, refuse, and write in batches."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from awooop import tenancy
from awooop.callers import Caller
from awooop.errors import Invalid
from knowledge.actions import imports
from knowledge.importing import folder, jsonl
from knowledge.importing.rows import Refused, Row

Tell = Callable[[int, int], None]


@dataclass
class Summary:
    """What an import did, and what it refused."""

    imported: imports.Imported = field(default_factory=imports.Imported)
    refused: list[Refused] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """Answer it for machines."""
        return {**asdict(self.imported), "refused": [asdict(each) for each in self.refused]}


def run(*, by: Caller, project_id: str, path: Path, source: str, tell: Tell) -> Summary:
    """Import what is at `path`; killed in between, the next call goes on. Raises Refused errors."""
    summary = Summary()
    total = _count(path)
    batch: list[Row] = []
    for number, row in enumerate(_unrepeated(_read(path, source)), 1):
        if isinstance(row, Refused):
            summary.refused.append(row)
        else:
            batch.append(row)
        if len(batch) == imports.BATCH:
            summary.imported.add(_write(by, project_id, batch))
            batch = []
        tell(number, total)
    summary.imported.add(_write(by, project_id, batch))
    tell(total, total)
    return summary


def _write(by: Caller, project_id: str, batch: list[Row]) -> imports.Imported:
    with tenancy.scope([project_id]):
        return imports.take_in(by=by, project_id=project_id, rows=batch)


def _read(path: Path, source: str) -> Iterator[Row | Refused]:
    if path.is_dir():
        return folder.read(path, source)
    return jsonl.read(path)


def _count(path: Path) -> int:
    if path.is_dir():
        return sum(1 for _ in folder.files(path))
    if not path.is_file():
        raise Invalid({"path": f"{path} is neither a folder nor a file"})
    with path.open("rb") as file:
        return sum(chunk.count(b"\n") for chunk in iter(lambda: file.read(1 << 20), b""))


def _unrepeated(rows: Iterable[Row | Refused]) -> Iterator[Row | Refused]:
    seen: dict[tuple[str, str], str] = {}
    for row in rows:
        if isinstance(row, Row):
            first = seen.setdefault((row.source, row.source_path), row.where)
            if first != row.where:
                yield Refused(row.where, f"has the source and path of {first}")
                continue
        yield row
