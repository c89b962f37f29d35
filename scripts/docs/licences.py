"""The page of licences: each package of requirements.txt, and what those need."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib import metadata

from packaging.requirements import Requirement

from scripts.docs.build import ROOT
from scripts.docs.markdown import table

INTRODUCTION = """# Licences

What `pip install -r requirements.txt` brings, with the licence that each package names itself.
Tools that only tests and linters need are not in it.

"""
_CLASSIFIER = "License :: OSI Approved :: "


def page() -> str:
    """Answer the page."""
    rows = [(name, version, licence) for name, version, licence in packages()]
    return INTRODUCTION + table(["package", "version", "licence"], rows)


def packages() -> list[tuple[str, str, str]]:
    """Answer `(name, version, licence)` of each package that runs with the application."""
    found: dict[str, metadata.Distribution] = {}
    waiting = list(_required())
    while waiting:
        requirement = waiting.pop()
        name = _canonical(requirement.name)
        if name in found:
            continue
        found[name] = metadata.distribution(name)
        waiting.extend(_needed(found[name], requirement.extras))
    return sorted((name, one.version, licence(one)) for name, one in found.items())


def licence(package: metadata.Distribution) -> str:
    """Answer the licence that a package names: its SPDX expression, classifiers or free text."""
    said = package.metadata
    if expression := said.get("License-Expression"):
        return expression
    named = [
        one.removeprefix(_CLASSIFIER)
        for one in said.get_all("Classifier") or []
        if one.startswith(_CLASSIFIER)
    ]
    return ", ".join(named) or (said.get("License") or "").strip().split("\n")[0] or "?"


def _required() -> Iterator[Requirement]:
    for line in (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines():
        if text := line.partition("#")[0].strip():
            yield Requirement(text)


def _needed(package: metadata.Distribution, extras: set[str]) -> Iterator[Requirement]:
    for line in package.requires or []:
        requirement = Requirement(line)
        marker = requirement.marker
        wanted = [marker.evaluate({"extra": extra}) for extra in (extras or {""})] if marker else []
        if marker is None or any(wanted):
            yield requirement


def _canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
