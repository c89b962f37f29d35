"""The pages of docs/reference: written from the code, so that they cannot say another thing."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from scripts.docs.build import DOCS

FOLDER = DOCS / "reference"
NOTE = "% Written by `make docs` from the code: do not edit.\n\n"


def pages() -> dict[Path, str]:
    """Answer every page of the reference with its text."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "awooop.settings")
    import django

    django.setup()
    from scripts.docs import api, commands, configuration, licences

    writers: dict[str, Callable[[], str]] = {
        "configuration.md": configuration.page,
        "commands.md": commands.page,
        "licences.md": licences.page,
        **api.pages(),
    }
    return {FOLDER / name: NOTE + writer() for name, writer in writers.items()}


def stale() -> list[Path]:
    """Answer the pages that do not say what the code says, and those of something gone."""
    wanted = pages()
    wrong = [path for path, text in wanted.items() if _text(path) != text]
    return sorted([*wrong, *(set(FOLDER.rglob("*.md")) - set(wanted))])


def write() -> list[Path]:
    """Bring docs/reference up to date; answers what was changed."""
    wanted = pages()
    changed = stale()
    for path in changed:
        if path in wanted:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(wanted[path], encoding="utf-8")
        else:
            path.unlink()
    return changed


def _text(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.is_file() else None
