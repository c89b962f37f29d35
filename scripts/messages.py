"""The catalogue of translations: extract what the code marks, merge, compile, check.

`make messages` brings locale/ up to date; `python -m scripts.messages --check` only names what is
wrong, as tests/i18n does. Both need Debian's gettext; a machine that serves needs only the .mo.
"""

from __future__ import annotations

import gettext
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ("awooop", "governance", "runs", "knowledge", "templates")
LOCALE = "zh_Hant"
CATALOGUE = ROOT / "locale" / LOCALE / "LC_MESSAGES" / "django.po"
PLACEHOLDER = re.compile(r"%\(\w+\)[\d.]*[a-z]|%[sd]|\{\w*\}")


class Entry(NamedTuple):
    """One string of a catalogue: with its context, as gettext keys it, and what it becomes."""

    key: str
    source: str
    text: str


def extract(work: Path) -> Path:
    """Extract every marked string of the product into a template (.pot) below `work`."""
    for name in SOURCES:
        shutil.copytree(ROOT / name, work / name, ignore=shutil.ignore_patterns("__pycache__"))
    (work / "model_names.py").write_text(_model_names(), encoding="utf-8")
    (work / "locale").mkdir()
    from django.core.management import call_command
    from django.core.management.commands import makemessages

    command = makemessages.Command()
    # `_l` is the lazy one where a module needs both.
    command.xgettext_options = [*command.xgettext_options, "--keyword=_l"]
    before = Path.cwd()
    os.chdir(work)  # makemessages works below the current directory, and leaves files beside
    try:
        call_command(
            command,
            locale=[LOCALE],
            keep_pot=True,
            no_wrap=True,
            add_location="file",
            ignore_patterns=["migrations"],
            verbosity=0,
        )
    finally:
        os.chdir(before)
    return work / "locale" / "django.pot"


def _model_names() -> str:
    """Answer the names that Django derives from models and fields, as marked strings."""
    from awooop.model_names import derived

    return "".join(f"_({name!r})\n" for name in sorted(derived()))


def update() -> None:
    """Merge the marked strings into the catalogue, and compile it."""
    with tempfile.TemporaryDirectory() as work:
        template = extract(Path(work))
        merged = _run("msgmerge", "--quiet", "--previous", "--no-wrap", CATALOGUE, template)
    kept = _run("msgattrib", "--no-obsolete", "--no-wrap", "-", given=merged)
    lines = [line for line in kept.splitlines() if not line.startswith('"POT-Creation-Date')]
    CATALOGUE.write_text("\n".join(lines) + "\n", encoding="utf-8")
    compile_to(CATALOGUE.with_suffix(".mo"))


def compile_to(target: Path) -> None:
    """Compile the catalogue; refuses one whose formats are not those of its sources."""
    _run("msgfmt", "--check", "--output-file", target, CATALOGUE)


def problems() -> list[str]:
    """Name each string that is missing, stale, fuzzy or has other placeholders than its source."""
    with tempfile.TemporaryDirectory() as work:
        return sorted(compare(extract(Path(work))))


def compare(template: Path) -> Iterator[str]:
    """Name what the catalogue has otherwise than the template says, or the .mo than the .po."""
    work = template.parent
    marked = _run("msgen", template).replace("INTEGER", "2").replace("EXPRESSION", "n != 1")
    _run("msgfmt", "--output-file", work / "marked.mo", "-", given=marked)
    _run("msgfmt", "--output-file", work / "kept.mo", CATALOGUE)
    wanted, kept = read(work / "marked.mo"), read(work / "kept.mo")
    fuzzy = _run("msgattrib", "--only-fuzzy", "--no-obsolete", "--no-wrap", CATALOGUE)
    yield from (f"fuzzy: {line[6:]}" for line in fuzzy.splitlines() if line.startswith("msgid "))
    yield from (f"missing: {wanted[key].source!r}" for key in wanted.keys() - kept.keys())
    yield from (f"stale: {kept[key].source!r}" for key in kept.keys() - wanted.keys())
    yield from other_placeholders(kept.values())
    if kept != read(CATALOGUE.with_suffix(".mo")):
        yield "django.mo is not what django.po compiles to"


def other_placeholders(entries: Iterable[Entry]) -> Iterator[str]:
    """Name each entry whose text fills in something else than its source does."""
    for entry in entries:
        if set(PLACEHOLDER.findall(entry.source)) != set(PLACEHOLDER.findall(entry.text)):
            yield f"placeholders: {entry.source!r} -> {entry.text!r}"


def read(compiled: Path) -> dict[str, Entry]:
    """Answer the entries of a compiled catalogue, plurals under their singular."""
    with compiled.open("rb") as file:
        catalogue = gettext.GNUTranslations(file)._catalog  # type: ignore[attr-defined]
    found = {}
    for key, text in catalogue.items():
        name = key[0] if isinstance(key, tuple) else key
        if name and (not isinstance(key, tuple) or key[1] == 0):
            found[name] = Entry(name, name.split("\x04")[-1], text)
    return found


def _run(*command: str | Path, given: str | None = None) -> str:
    done = subprocess.run(
        command, input=given, capture_output=True, text=True, encoding="utf-8", check=False
    )
    if done.returncode:
        raise RuntimeError(f"{command[0]} failed: {done.stderr.strip()}")
    return done.stdout


def main(arguments: list[str]) -> int:
    """Update the catalogue, then name what is wrong with it; answer the exit status."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "awooop.settings")
    django.setup()
    if "--check" not in arguments:
        update()
    found = problems()
    print("\n".join(found) or "The catalogue is complete.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
