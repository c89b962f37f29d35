"""Incident ids: how they look, where they are found, how a new one is made."""

from __future__ import annotations

import re
import secrets
import string
from collections.abc import Iterable
from datetime import date
from typing import Any

# Longer ones exist in no text that a person wrote, and in no column of ours.
MAX_LENGTH = 64

_ALPHABET = string.ascii_uppercase + string.digits
# ASCII, so that an id that touches Chinese text (where there are no spaces) is found as well.
_PATTERN = re.compile(r"\bINC-\d{8}-[A-Z0-9]{4,}\b", re.ASCII)


def find(text: str | None) -> list[str]:
    """Answer the incident ids in `text`, each once, in order of first appearance."""
    return _each_once(match[0] for match in _PATTERN.finditer(text or ""))


def is_incident_id(text: Any) -> bool:
    """Answer whether the whole of `text` is one incident id."""
    return isinstance(text, str) and len(text) <= MAX_LENGTH and bool(_PATTERN.fullmatch(text))


def from_envelope(source_envelope: Any) -> list[str]:
    """Answer the ids in `source_refs.incident_ids` (a list or one string) of an event's envelope.

    What is malformed there is passed over: an envelope comes from outside.
    """
    refs = source_envelope.get("source_refs") if isinstance(source_envelope, dict) else None
    given = refs.get("incident_ids") if isinstance(refs, dict) else None
    if isinstance(given, str):
        return find(given)
    if not isinstance(given, (list, tuple)):
        return []
    return _each_once(ident for item in given if isinstance(item, str) for ident in find(item))


def new_id(day: date, length: int = 4) -> str:
    """Answer a random id of that day, such as `INC-20261120-7QX2`; raises ValueError under 4."""
    if length < 4:
        raise ValueError("an incident id ends in at least 4 letters or digits")
    tail = "".join(secrets.choice(_ALPHABET) for _ in range(length))
    return f"INC-{day:%Y%m%d}-{tail}"


def _each_once(found: Iterable[str]) -> list[str]:
    return [ident for ident in dict.fromkeys(found) if len(ident) <= MAX_LENGTH]
