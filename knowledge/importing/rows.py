"""One row to be imported, checked: what every reader makes and every writer takes."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator
from pydantic import ValidationError as PydanticError

from awooop import clock
from awooop.canonical import fingerprint
from knowledge.actions.fields import clean_tags
from knowledge.models import EntryStatus, EntryType
from knowledge.models.entries import CONTENT_AT_MOST, TAGS_AT_MOST, TITLE_AT_MOST

_KEPT = ("source_commit", "licence", "author_date_last", "number_of_commits", "front_matter")
# These change with every commit of the repository, also where the file does not; and what of the
# front matter counts has become a value.
_PASSING = frozenset({"source_commit", "number_of_commits", "author_date_last", "front_matter"})
Tag = Annotated[str, StringConstraints(max_length=64)]
Title = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=TITLE_AT_MOST)
]
Source = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=255)]


@dataclass(frozen=True)
class Refused:
    """A line or file that does not go in, and why."""

    where: str
    reason: str


class RowIn(BaseModel):
    """A row of the exchange format; what else it says is left aside."""

    model_config = ConfigDict(extra="ignore", str_strip_whitespace=False)

    source_repo: Source
    path: Annotated[str, StringConstraints(min_length=1, max_length=500)]
    title: Title
    body: Annotated[str, StringConstraints(max_length=CONTENT_AT_MOST)]
    category: Annotated[str, StringConstraints(max_length=128)] | None = None
    tags: Annotated[list[Tag], Field(max_length=TAGS_AT_MOST)] | None = None
    owner: Annotated[str, StringConstraints(max_length=128)] | None = None
    alertname: Annotated[str, StringConstraints(max_length=255)] | None = None
    entry_type: Literal[tuple(EntryType.values)] | None = None
    status: Literal[tuple(EntryStatus.values)] | None = None
    author_date_first: datetime | None = None
    author_date_last: datetime | None = None
    author_date_last_non_bulk: datetime | None = None
    source_commit: Annotated[str, StringConstraints(max_length=64)] | None = None
    licence: Annotated[str, StringConstraints(max_length=64)] | None = None
    number_of_commits: int | None = None
    front_matter: dict[str, Any] | None = None

    @field_validator("path")
    @classmethod
    def _stays_inside(cls, value: str) -> str:
        reason = path_problem(value)
        if reason:
            raise ValueError(reason)
        return value

    @field_validator("author_date_first", "author_date_last", "author_date_last_non_bulk")
    @classmethod
    def _has_a_zone(cls, value: datetime | None) -> datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError("a time needs its zone, such as Z")
        if value is not None and not 1970 <= value.year <= 2200:
            raise ValueError("is out of range")
        return value


@dataclass
class Row:
    """A checked row: the entry's fields, its source, its times, and the digest of all that."""

    where: str
    source: str
    source_path: str
    values: dict[str, Any]
    created_at: datetime
    updated_at: datetime
    metadata: dict[str, Any] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        """Answer what tells this row from an edited one; the commit it was read at is left out."""
        told = {name: value for name, value in self.metadata.items() if name not in _PASSING}
        times = {"created_at": self.created_at, "updated_at": self.updated_at}
        return fingerprint({**self.values, "metadata": told, **times})


def checked(where: str, data: Any) -> Row | Refused:
    """Answer the row, or why it is none."""
    if not isinstance(data, dict):
        return Refused(where, "must be a JSON object")
    try:
        given = RowIn.model_validate(data)
    except PydanticError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"]) or "row"
        return Refused(where, f"{name}: {first['msg']}")
    return _row(where, given)


def _row(where: str, given: RowIn) -> Row:
    updated = given.author_date_last_non_bulk or given.author_date_last
    known = [moment for moment in (given.author_date_first, updated) if moment]
    at = min(updated or max(known, default=clock.now()), clock.now())
    values = {
        "title": " ".join(given.title.split()),
        "content": given.body.replace("\r\n", "\n"),
        "category": " ".join((given.category or "").split()),
        "tags": clean_tags(given.tags or []),
        "owner": " ".join((given.owner or "").split()),
        "alertname": " ".join((given.alertname or "").split()),
    }
    # What a row does not say is left as it is; a new entry is a runbook in use.
    for name in ("entry_type", "status"):
        if getattr(given, name) is not None:
            values[name] = getattr(given, name)
    plain = given.model_dump(mode="json", include=set(_KEPT), exclude_none=True)
    return Row(
        where=where,
        source=given.source_repo,
        source_path=given.path,
        values=values,
        created_at=min(given.author_date_first or at, at),
        updated_at=at,
        metadata=plain,
    )


def path_problem(path: str) -> str | None:
    """Answer why a path may not be written below a folder, or None."""
    if path.startswith(("/", "~")) or "\\" in path or ":" in path.split("/")[0]:
        return "must be relative to its repository"
    if any(ord(character) < 32 or character == "\x7f" for character in path):
        return "must not contain control characters"
    parts = path.split("/")
    if any(part in ("", ".", "..") for part in parts):
        return "must not have empty parts, '.' or '..'"
    if parts[0] == ".git":
        return "must not be within .git"
    return None
