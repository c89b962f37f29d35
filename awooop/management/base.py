"""What our commands share: a short report for people, `--json` for machines, honest exits."""

from __future__ import annotations

import json
import sys
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.serializers.json import DjangoJSONEncoder
from django.db import DatabaseError, OperationalError

from awooop.errors import Refused


@dataclass
class Report:
    """What a command did: lines for people, data for machines, and whether it went well."""

    lines: list[str]
    data: dict[str, Any] = field(default_factory=dict)
    ok: bool = True


class ReportCommand(ABC, BaseCommand):
    """A command whose `report()` does the work; a refusal is one line and exit code 1."""

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare `--json`; extend for more."""
        parser.add_argument("--json", action="store_true", help="report as JSON, for machines")

    @abstractmethod
    def report(self, **options: Any) -> Report:
        """Do the work and answer what was done; raises Refused."""

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the report; exits with 1 where it did not go well."""
        as_json = options.pop("json")
        try:
            report = self.report(**options)
        except Refused as refused:
            self._write(as_json, _refusal(refused))
            raise CommandError(refused.detail) from None
        except OperationalError as error:
            raise CommandError(f"The database did not answer: {_one_line(error)}") from None
        self._write(as_json, report)
        if not report.ok:
            sys.exit(1)

    def progress(self, text: str) -> None:
        """Tell a person how far long work is; on stderr, so that stdout stays the report."""
        self.stderr.write(text, self.style.NOTICE)
        self.stderr.flush()

    def _write(self, as_json: bool, report: Report) -> None:
        if as_json:
            data = {"ok": report.ok, **report.data}
            self.stdout.write(json.dumps(data, cls=DjangoJSONEncoder, ensure_ascii=False))
        else:
            for line in report.lines:
                self.stdout.write(line)


def _refusal(refused: Refused) -> Report:
    data: dict[str, Any] = {"code": refused.code, "detail": refused.detail}
    if refused.errors:
        data["errors"] = refused.errors
    return Report([], data, ok=False)


def _one_line(error: DatabaseError) -> str:
    return " ".join(str(error).split())[:300]
