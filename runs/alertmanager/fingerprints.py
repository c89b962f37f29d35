"""The identity of a set of labels, as Alertmanager computes it."""

from __future__ import annotations

from collections.abc import Mapping

_OFFSET = 14695981039346656037
_PRIME = 1099511628211
_MASK = (1 << 64) - 1
# Stands after each name and each value: no byte of UTF-8 text.
_SEPARATOR = b"\xff"


def of_labels(labels: Mapping[str, str]) -> str:
    """Answer the FNV-1a 64 hash over the sorted labels, as 16 hex digits.

    A label without a value is no label to Prometheus, and does not count.
    """
    pairs = sorted((_bytes(name), _bytes(value)) for name, value in labels.items() if value)
    data = b"".join(name + _SEPARATOR + value + _SEPARATOR for name, value in pairs)
    total = _OFFSET
    for byte in data:
        total = ((total ^ byte) * _PRIME) & _MASK
    return f"{total:016x}"


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "replace")
