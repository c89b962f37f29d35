"""The page of what an installation may set: `awooop/config.py`, field by field."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from pydantic.fields import FieldInfo

from awooop.config import ROOT, Config
from scripts.docs.markdown import code, table

INTRODUCTION = """# Configuration

Everything is set in the environment and typed. A wrong value stops the start with the variable's
name and what it must be. What is marked *secret* never appears in a log.

"""


def page() -> str:
    """Answer the page."""
    rows = [
        (code(_variable(field)), _default(field), field.description or "")
        for field in Config.model_fields.values()
    ]
    return INTRODUCTION + table(["variable", "default", "meaning"], rows)


def _variable(field: FieldInfo) -> str:
    return str(field.validation_alias.choices[0])  # type: ignore[union-attr] - ours are AliasChoices


def _default(field: FieldInfo) -> str:
    if _is_secret(field):
        return "*secret*"
    return code(_shown(field.get_default(call_default_factory=True)))


def _is_secret(field: FieldInfo) -> bool:
    return SecretStr in (field.annotation, *getattr(field.annotation, "__args__", ()))


def _shown(value: Any) -> str:
    if isinstance(value, Path):
        return str(value.relative_to(ROOT)) if value.is_relative_to(ROOT) else str(value)
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, dict):
        return json.dumps(value)
    if isinstance(value, (tuple, list)):
        return ",".join(map(str, value))
    return "" if value is None else str(value)
