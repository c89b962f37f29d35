"""Results as a table in Markdown and as JSON."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bench.run import Result


def machine() -> dict[str, Any]:
    """Answer what the figures were measured on, and how busy it was beside."""
    kib = next(
        int(line.split()[1])
        for line in Path("/proc/meminfo").read_text().splitlines()
        if line.startswith("MemTotal")
    )
    return {
        "cores": os.cpu_count(),
        "memory_gib": round(kib / 2**20, 1),
        "python": platform.python_version(),
        "load_average": [round(each, 1) for each in os.getloadavg()],
    }


def as_dict(results: Sequence[Result], about: Mapping[str, Any]) -> dict[str, Any]:
    """Answer everything for JSON."""
    return {**about, "results": [one.as_dict() for one in results]}


def write(found: Mapping[str, Any], folder: Path) -> tuple[Path, Path]:
    """Write both forms into a folder; answers their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    name = f"bench-{found['runs']}"
    as_json, as_text = folder / f"{name}.json", folder / f"{name}.md"
    as_json.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n")
    as_text.write_text(markdown(found))
    return as_json, as_text


def markdown(found: Mapping[str, Any]) -> str:
    """Answer the table, with what was slower or read more than it should said in words."""
    host = found["machine"]
    lines = [
        f"# {found['runs']:,} runs",
        "",
        f"{host['cores']} cores, {host['memory_gib']} GiB, Python {host['python']}; load average "
        f"{host['load_average'][0]} at the end. Empty view: {found['empty_ms']} ms. Loaded in "
        f"{found['load_s']} s, {found['database_mib']:,} MiB.{_pinned(found.get('pinned'))}",
        "",
        "| what | p50 ms | p95 ms | goal | CPU ms | SQL floor | × floors | SQL | rows read |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
        *(_line(one) for one in found["results"]),
    ]
    scans = [one for one in found["results"] if one.get("scanned")]
    lines += ["", "Whole tables read: " + (_scans(scans) if scans else "none."), ""]
    lines += ["Memory (MiB, proportional): " + json.dumps(found["memory_mib"]), ""]
    if found.get("busy"):
        lines += _busy(found)
    return "\n".join(lines) + "\n"


def _pinned(pinned: Mapping[str, Sequence[int]] | None) -> str:
    if not pinned:
        return ""
    cores, clients = (", ".join(map(str, pinned[name])) for name in ("measured", "client"))
    return f" Server, cluster and database are held to the cores {cores}, the client to {clients}."


def growth(small: Mapping[str, Any], large: Mapping[str, Any]) -> str:
    """Answer how the cost of each measure grows from one scale to another, as a table."""
    before = {one["name"]: one for one in small["results"]}
    lines = [
        f"| what | p50 ms at {small['runs']:,} | at {large['runs']:,} | growth "
        "| CPU ms | CPU ms | growth |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for one in large["results"]:
        was = before.get(one["name"])
        if was and was["cpu_ms"] and one["cpu_ms"]:
            pairs = [(was[name], one[name]) for name in ("p50", "cpu_ms")]
            cells = [f"{old} | {new} | {new / old:.1f}" for old, new in pairs]
            lines.append(f"| {one['name']} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _line(one: Mapping[str, Any]) -> str:
    goal = one["goal_ms"]
    met = "" if goal is None else f"{goal:g} {'met' if one['is_met'] else '**missed**'}"
    name = one["name"]
    if one["records"] > 1:
        name += f" ({1000 * one['records'] / one['p50']:,.0f} records/s)"
    rest = ("cpu_ms", "floor_sql", "ratio", "statements", "rows")
    cells = [name, one["p50"], one["p95"], met, *(one[each] for each in rest)]
    return "| " + " | ".join("" if cell is None else str(cell) for cell in cells) + " |"


def _scans(found: Sequence[Mapping[str, Any]]) -> str:
    return "; ".join(f"{one['name']}: {', '.join(one['scanned'])}" for one in found) + "."


def _busy(found: Mapping[str, Any]) -> list[str]:
    idle = {one["name"]: one["p95"] for one in found["results"]}
    lines = [
        "## A busy hour", "",
        "| stream | asked/s | answered/s | p50 ms | p95 ms | idle p95 | errors | late |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]  # fmt: skip
    for name, one in found["busy"].items():
        cells = [one[each] for each in ("asked_per_second", "answered_per_second", "p50", "p95")]
        cells += [idle.get(one["idle"], ""), one["errors"], one["late"]]
        lines.append(f"| {name} | " + " | ".join(map(str, cells)) + " |")
    counted = [
        f"{name.replace('_', ' ')} {have} of {want}"
        for name, (want, have) in found["reconciled"].items()
    ]
    whole = "whole" if found["audit_chain_is_whole"] else "**broken**"
    return [
        *lines, "", f"Found of what was acknowledged: {', '.join(counted)}. Deadlocks: "
        f"{found['deadlocks']}. The audit chain is {whole}.", "",
        "Memory before and after it (MiB): " + json.dumps(found["memory_busy_mib"]),
    ]  # fmt: skip
