"""Two revisions, measured in turns in one run by the same ruler: this checkout's `bench/`."""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from bench.server import ROOT

ROUNDS = 2
WORSE = 1.5


def compare(
    first: str, second: str, runs: int, port: int, only: str, tell: Callable[[str], None]
) -> dict[str, dict[str, Any]]:
    """Answer the median p50 of each measure at both revisions, and the ratio of the second to the
    first.

    Both get a database of their own with the same world; then they are measured in turns, so that
    what else the machine does meets both.
    """
    with tempfile.TemporaryDirectory(prefix="awooop-bench-") as text:
        base = Path(text)
        base.chmod(0o755)
        trees = {name: _tree(rev, base / name) for name, rev in (("a", first), ("b", second))}
        found: dict[str, list[dict[str, float]]] = {"a": [], "b": []}
        for turn in range(ROUNDS):
            for name, tree in trees.items():
                tell(f"round {turn + 1}, {first if name == 'a' else second}")
                options = ["--runs", str(runs), "--port", str(port), "--only", only]
                found[name].append(_round(tree, base / f"data-{name}", options))
        for name, tree in trees.items():
            _manage(tree, base / f"data-{name}", "db", "stop", "--force")
    return _joined(found)


def markdown(found: Mapping[str, Mapping[str, Any]], first: str, second: str) -> str:
    """Answer the comparison as a table, the worst first."""
    lines = [f"| what | {first} p50 ms | {second} p50 ms | ratio |", "| --- | ---: | ---: | ---: |"]
    for name, row in sorted(found.items(), key=lambda pair: -pair[1]["ratio"]):
        mark = " **slower**" if row["ratio"] >= WORSE else ""
        lines.append(f"| {name} | {row['first']} | {row['second']} | {row['ratio']}{mark} |")
    return "\n".join(lines) + "\n"


def _tree(rev: str, folder: Path) -> Path:
    """Unpack a revision (`.` is the working tree) and put our `bench/` into it."""
    folder.mkdir()
    if rev == ".":
        listed = _git("ls-files", "-co", "--exclude-standard", "-z").rstrip(b"\0").split(b"\0")
        for name in map(os.fsdecode, listed):
            source = ROOT / name
            if source.is_file():
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(source, folder / name)
    else:
        archive = _git("archive", "--format=tar", rev)
        subprocess.run(["tar", "x", "-C", str(folder)], input=archive, check=True)
    shutil.rmtree(folder / "bench", ignore_errors=True)
    ours = shutil.ignore_patterns("__pycache__", "results")
    shutil.copytree(ROOT / "bench", folder / "bench", ignore=ours)
    return folder


def _git(*arguments: str) -> bytes:
    return subprocess.run(["git", *arguments], cwd=ROOT, check=True, capture_output=True).stdout


def _round(tree: Path, data: Path, options: list[str]) -> dict[str, float]:
    results = data.with_name(f"{data.name}-results")
    command = [sys.executable, "-m", "bench", *options, "--keep", "--lenient"]
    command += ["--data-dir", str(data), "--results", str(results)]
    subprocess.run(command, cwd=tree, check=True, stdout=subprocess.DEVNULL)
    (written,) = results.glob("bench-*.json")
    return {one["name"]: one["p50"] for one in json.loads(written.read_text())["results"]}


def _manage(tree: Path, data: Path, *command: str) -> None:
    environment = {**os.environ, "AWOOOP_DATA_DIR": str(data)}
    subprocess.run(
        [sys.executable, "manage.py", *command], cwd=tree, env=environment, check=False,
        stdout=subprocess.DEVNULL,
    )  # fmt: skip


def _joined(found: Mapping[str, list[dict[str, float]]]) -> dict[str, dict[str, Any]]:
    joined = {}
    for name in found["a"][0]:
        values = [[turn[name] for turn in found[each] if name in turn] for each in ("a", "b")]
        if all(values):
            before, after = (round(statistics.median(each), 2) for each in values)
            joined[name] = {"first": before, "second": after, "ratio": round(after / before, 2)}
    return joined
