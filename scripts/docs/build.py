"""Build docs/ with Sphinx; every warning, above all a link that leads nowhere, is an error."""

from __future__ import annotations

from pathlib import Path

from sphinx.cmd.build import main as sphinx

ROOT = Path(__file__).resolve().parent.parent.parent
DOCS = ROOT / "docs"


def html(out: Path) -> int:
    """Build the pages into `out`/html; answers Sphinx's exit code."""
    return _build("html", out)


def external_links(out: Path) -> int:
    """Ask every link to another site whether it answers; answers Sphinx's exit code."""
    return _build("linkcheck", out)


def _build(builder: str, out: Path) -> int:
    return sphinx(
        [
            f"--builder={builder}",
            "--fail-on-warning",
            "--keep-going",
            "--nitpicky",
            "--quiet",
            f"--doctree-dir={out / 'doctrees'}",
            str(DOCS),
            str(out / builder),
        ]
    )
