"""Records from outside, one or many: named by index and field where they are bad, written once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, QuerySet

from awooop import bulk, counters, permissions
from awooop.callers import Caller
from awooop.errors import Conflict, Invalid, NotFound, Refused
from awooop.redaction import redact, redact_json
from runs.models import Incident

_ABSENT = object()


@dataclass(frozen=True)
class Batch:
    """Checked records as dicts; `is_list` says whether their fields are named with an index."""

    rows: list[dict[str, Any]]
    is_list: bool = True

    def field(self, index: int, name: str) -> str:
        """Answer how a row's field is named: `3.step_seq` in a list, `step_seq` in a single."""
        return f"{index}.{name}" if self.is_list else name

    def errors(self, indexes: Iterable[int], name: str, message: str) -> list[dict[str, str]]:
        """Answer the `errors` of a problem document for one field of several rows."""
        found = [{"field": self.field(index, name), "message": message} for index in indexes]
        return found[:100]


@dataclass(frozen=True)
class Written:
    """What a batch did: rows stored, rows that were there already, and each row's id in order."""

    written: int
    duplicates: int
    ids: list[Any]


def permit(by: Caller, project_id: str, batch: Batch) -> None:
    """Raise NotFound, NotAllowed or Conflict unless the caller may write these rows there."""
    others = [i for i, row in enumerate(batch.rows) if row["project_id"] not in (None, project_id)]
    if others:
        raise _named(
            NotFound("No such project, or not the one of what the path names."),
            batch.errors(others, "project_id", "is not the project of what the path names"),
        )
    permissions.check_can_write(by, "ingest", project_id)


def project_of(by: Caller, batch: Batch) -> str:
    """Answer the one project that all rows are about; raises NotFound, Invalid if they differ."""
    resolved: dict[str | None, str] = {}
    for index, row in enumerate(batch.rows):
        name = row["project_id"]
        if name not in resolved:
            resolved[name] = _writable(by, batch, index, name)
        if resolved[name] != resolved[batch.rows[0]["project_id"]]:
            field = batch.field(index, "project_id")
            raise Invalid({field: "must be the same in all rows of a list"})
    return resolved[batch.rows[0]["project_id"]]


def _writable(by: Caller, batch: Batch, index: int, name: str | None) -> str:
    try:
        return permissions.writable_project(by, name)
    except NotFound as refused:
        raise _named(refused, batch.errors([index], "project_id", refused.detail)) from None


def incident_project(by: Caller, incident_id: str, named: str | None = None) -> str:
    """Answer the project of an incident that the caller sees, in `named` if given; or NotFound."""
    seen = permissions.readable_projects(by, named)
    found = Incident.objects.filter(incident_id=incident_id, project_id__in=seen)
    project_id = found.values_list("project_id", flat=True).first()
    if project_id is None:
        raise NotFound("No such incident, or none that you may see.")
    return project_id


def referred(batch: Batch, name: str, what: str, candidates: QuerySet) -> dict[Any, Any]:
    """Answer the rows that `name` refers to, by id, with one query; raises Invalid naming the rest.

    What is of another project is as unknown as what does not exist.
    """
    wanted = {row[name] for row in batch.rows} - {None}
    if not wanted:
        return {}
    found = {each.pk: each for each in candidates.filter(pk__in=wanted).order_by("pk")}
    missing = [i for i, row in enumerate(batch.rows) if row[name] not in {None, *found}]
    if missing:
        raise Invalid(batch.errors(missing, name, f"no such {what}, or none that you may see"))
    return found


def build(model: type[Model], batch: Batch, make: Callable[[dict[str, Any]], dict]) -> list[Model]:
    """Answer unsaved rows: `make` gives the columns; what it leaves out or null takes the default.

    Raises nothing; a null stays null where the column may be.
    """
    columns = [
        (field.attname, field.get_default, not field.null) for field in model._meta.concrete_fields
    ]
    return [model(*_in_order(make(row), columns)) for row in batch.rows]


def _in_order(
    made: dict[str, Any], columns: list[tuple[str, Callable[[], Any], bool]]
) -> list[Any]:
    """Answer the columns' values in their order: by name, each would be looked for by the model."""
    values = []
    for name, default, is_needed in columns:
        value = made.get(name, _ABSENT)
        values.append(default() if value is _ABSENT or (is_needed and value is None) else value)
    return values


def insert(batch: Batch, instances: Sequence[Model], **belongs: Any) -> set[Any]:
    """Insert what is not there yet, in one statement; answers the keys that went in.

    The same key again is a no-op. Raises Conflict naming the rows whose key is another's: of
    another parent, or of a project that the caller may not see (no more is said).
    """
    model = type(instances[0])
    first = {each.pk: each for each in reversed(instances)}
    # In one order everywhere, so that two writers of the same keys cannot wait for each other.
    inserted = bulk.insert_new([first[key] for key in sorted(first, key=str)])
    missing = first.keys() - inserted
    if missing:
        held = model.objects.filter(pk__in=missing, **belongs).values_list("pk", flat=True)
        check_not_taken(batch, instances, missing - set(held))
    return inserted


def check_not_taken(batch: Batch, instances: Sequence[Model], taken: set[Any]) -> None:
    """Raise Conflict naming the rows whose key stands in `taken`."""
    if not taken:
        return
    name = instances[0]._meta.pk.attname
    rows = [index for index, each in enumerate(instances) if each.pk in taken]
    raise _named(
        Conflict(f"{batch.field(rows[0], name)}: this id cannot be used.", code="id_taken"),
        batch.errors(rows, name, "this id cannot be used"),
    )


def count(kind: str, project_id: str, written: int) -> None:
    """Count what was written for the metrics."""
    if written:
        counters.add("awooop_ingested", written, kind=kind, project_id=project_id)


def summed_up(kind: str, project_id: str, instances: Sequence[Model], inserted: set) -> Written:
    """Answer what the batch did, and count it."""
    count(kind, project_id, len(inserted))
    ids = [each.pk for each in instances]
    return Written(len(inserted), len(ids) - len(inserted), ids)


def clean(text: str | None, most: int | None = None) -> str | None:
    """Answer a text without its secrets, cut to `most` characters; None stays None."""
    return redact(text).text[:most] if text else text


def clean_json(value: Any) -> Any:
    """Answer a JSON value without its secrets."""
    return redact_json(value)[0] if value else value


def _named(refused: Refused, errors: list[dict[str, str]]) -> Refused:
    refused.errors = errors
    return refused
