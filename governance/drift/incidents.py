"""Which open incidents concern a drifted resource: asked of the room that has the incidents."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from governance.models import DriftFingerprint

# Answers the ids of open incidents by the drift's id, in a fixed number of statements.
Finder = Callable[[Sequence[DriftFingerprint]], Mapping[object, list[str]]]
_finders: list[Finder] = []


def contribute(finder: Finder) -> None:
    """Register the finder; raises ValueError for a second one."""
    if _finders:
        raise ValueError("open incidents are contributed already")
    _finders.append(finder)


def open_on(drifts: Sequence[DriftFingerprint]) -> dict[object, list[str] | None]:
    """Answer the open incidents on each drift, by its id; None where nobody can tell."""
    if not _finders:
        return dict.fromkeys((drift.pk for drift in drifts), None)
    found = _finders[0](drifts)
    return {drift.pk: found.get(drift.pk, []) for drift in drifts}
