"""What lists are narrowed to, checked in one place for the API and the pages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from django.utils.translation import gettext as _

from awooop.errors import Invalid

# Types of events and executors: those of rooms to come are words as well.
_WORD = re.compile(r"[a-z][a-z0-9_]{0,63}")
_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}
Given = Mapping[str, str | None]


class Checker:
    """Collects what is wrong with the filters of one address."""

    def __init__(self, given: Given) -> None:
        self._given = given
        self._errors: dict[str, str] = {}

    def word(self, name: str) -> str:
        """Answer a name such as `trust_drift`, '' for none."""
        value = self._given.get(name) or ""
        if value and not _WORD.fullmatch(value):
            self._errors[name] = _("must be a name of small letters, digits and _")
        return value

    def choice(self, name: str, values: Iterable[str]) -> str:
        """Answer one of the values, '' for none."""
        value, allowed = self._given.get(name) or "", tuple(values)
        if value and value not in allowed:
            self._errors[name] = _("must be one of: %(allowed)s") % {"allowed": ", ".join(allowed)}
        return value

    def boolean(self, name: str) -> bool | None:
        """Answer true or false, None where it is not asked."""
        value = (self._given.get(name) or "").lower()
        if value and value not in _BOOLEANS:
            self._errors[name] = _("must be true or false")
        return _BOOLEANS.get(value)

    def check(self) -> None:
        """Raise Invalid naming each field that is wrong."""
        if self._errors:
            raise Invalid(self._errors)
