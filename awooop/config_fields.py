"""One field of the configuration: a variable of the environment, its default, its line of help."""

from __future__ import annotations

from typing import Any

from pydantic import AliasChoices, Field


def setting(variable: str, default: Any, *, description: str, **bounds: Any) -> Any:
    """Answer a field that is read from an environment variable, by exactly this name; `bounds` are
    what Pydantic checks (ge, le, pattern, max_length). The docs print `description`."""
    alias = AliasChoices(variable)
    return Field(default, validation_alias=alias, description=description, **bounds)
