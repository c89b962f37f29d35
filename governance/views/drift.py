"""The tab of drift: where what runs differs from what is declared."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpRequest

from governance.views.frame import Shown


def tab(request: HttpRequest, projects: Sequence[str]) -> Shown:
    """The fingerprints, the last seen first."""
    return Shown()
