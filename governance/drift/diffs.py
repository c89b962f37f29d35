"""Read a reported difference: its changed fields, without what changes by itself.

A diff is an object of changed fields: `{"spec.replicas": {"from": 2, "to": 3}}`, or the same nested
(`{"spec": {"replicas": {"from": 2, "to": 3}}}`). A change without `to`, or with null, is a
deletion; without `from` an addition.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from awooop.canonical import fingerprint

MOST_FIELDS = 500
_CHANGE = frozenset({"from", "to"})
# Fields that the cluster itself writes, by their name anywhere in a path (Kubernetes API
# conventions: metadata set by the server, and the status subresource).
VOLATILE = frozenset(
    {
        "resourceVersion",
        "generation",
        "observedGeneration",
        "managedFields",
        "creationTimestamp",
        "lastTransitionTime",
        "lastUpdateTime",
        "lastProbeTime",
        "lastHeartbeatTime",
        "uid",
        "selfLink",
        "status",
        "kubectl.kubernetes.io/last-applied-configuration",
        "kubectl.kubernetes.io/restartedAt",
        "deployment.kubernetes.io/revision",
    }
)
Changes = dict[str, dict[str, Any]]


def changes_of(diff: Mapping[str, Any]) -> Changes:
    """Answer the changed fields by path, volatile ones left out; raises ValueError for too many."""
    found: Changes = {}
    for path, change in _walk(diff, ()):
        if not _is_volatile(path):
            found[".".join(path)] = change
            if len(found) > MOST_FIELDS:
                raise ValueError(f"has more than {MOST_FIELDS} changed fields")
    return dict(sorted(found.items()))


def fingerprint_of(namespace: str, kind: str, resource: str, changes: Changes) -> str:
    """Answer the SHA-256 by which the same drift is recognised when it comes back."""
    return fingerprint(
        {"namespace": namespace, "kind": kind, "resource": resource, "diff": changes}
    )


def is_deletion(change: Mapping[str, Any]) -> bool:
    """Whether a change takes something away."""
    return change.get("to") is None


def _walk(
    value: Mapping[str, Any], above: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], dict[str, Any]]]:
    for key, inner in value.items():
        path = (*above, str(key))
        if isinstance(inner, Mapping) and inner and set(inner) <= _CHANGE:
            if inner.get("from") != inner.get("to"):
                yield path, dict(inner)
        elif isinstance(inner, Mapping):
            yield from _walk(inner, path)
        else:
            yield path, {"to": inner}


def _is_volatile(path: tuple[str, ...]) -> bool:
    """Whether the path, or the end of it, names a volatile field (annotations have dots)."""
    whole = ".".join(path)
    segments = {segment for part in path for segment in part.split(".")} | set(path)
    if segments & VOLATILE:
        return True
    return any("/" in name and whole.endswith(name) for name in VOLATILE)
