"""Text as PostgreSQL can keep it."""

from __future__ import annotations

import json
import re
from typing import Any

# NUL cannot stand in a text column, a lone surrogate not in UTF-8. Nobody is refused for them.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def storable(text: str) -> str:
    """Answer `text` with NUL characters and lone surrogates replaced by U+FFFD."""
    return _UNSTORABLE.sub("�", text)


def as_text(value: Any) -> str:
    """Answer a JSON value as storable text: a string as it is, null as empty, the rest as JSON."""
    if isinstance(value, str):
        return storable(value)
    if value is None:
        return ""
    return storable(json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")))
