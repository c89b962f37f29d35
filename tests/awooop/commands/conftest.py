from __future__ import annotations

import io
import json
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError


@dataclass
class Ran:
    """What a command wrote, how it ended, and what it said of a failure."""

    out: str
    err: str
    code: int
    error: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


def run(*arguments: str) -> Ran:
    """Run a command as a person would, with its output kept."""
    out, err, code, error = io.StringIO(), io.StringIO(), 0, ""
    try:
        call_command(*arguments, stdout=out, stderr=err)
    except CommandError as refused:
        code, error = refused.returncode, str(refused)
    except SystemExit as left:
        code = left.code
    return Ran(out.getvalue(), err.getvalue(), code, error)


@pytest.fixture
def command(db):
    """Run a command and answer what became of it."""
    return run
