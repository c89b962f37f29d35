"""`make faults`: `kill -9` fifty times under load; nothing acknowledged may be lost or doubled."""

from __future__ import annotations

import argparse
import json
import random
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from awooop.database.dump import embedded_parameters
from scripts.faults import killing, outages
from scripts.faults.clocks import Clock
from scripts.faults.facts import Facts
from scripts.faults.machines import PROJECT, Machine, Wait
from scripts.faults.neighbours import Neighbours
from scripts.screenshots.server import Server, throw_away

_SETTLE_S = 180


def main() -> int:
    """Run it; answer 0 where everything acknowledged is there once."""
    parser = argparse.ArgumentParser(prog="python -m scripts.faults", description=__doc__)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--machines", type=int, default=6)
    parser.add_argument("--every", type=float, default=3.0, help="seconds between kills, about")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", action="append", choices=outages.OUTAGES, help="these outages")
    options = parser.parse_args()
    neighbours = Neighbours()
    with outages.small_disk() as disk, tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        clock = Clock(Path(folder))
        more = neighbours.environment() | clock.environment()
        with throw_away(demo=False, folder=disk, more=more) as server:
            around = outages.Around(server, neighbours, clock)
            return _run(around, options, has_own_disk=disk is not None)


def _run(around: outages.Around, options: argparse.Namespace, *, has_own_disk: bool) -> int:
    server = around.server
    server.manage("createproject", PROJECT, "--name", "Faults")
    keys = (
        server.manage(
            "createapikey", "--project", PROJECT, "--name", "agent", "--scopes", "read,ingest"
        ),
        server.manage(
            "createapikey", "--project", PROJECT, "--name", "person", "--scopes", "decide"
        ),
    )
    around.neighbours.meet(server)
    facts = Facts()
    port = int(server.base_url.rpartition(":")[2])
    machines = [Machine(f"m{n}", port, keys, facts) for n in range(options.machines)]
    for machine in machines:
        machine.start()
    killed = _kill(server, options)
    told = _outages(around, keys[0], options.only or list(outages.OUTAGES), has_own_disk)
    for machine in machines:
        machine.stopping.set()
    for machine in machines:
        machine.join(_SETTLE_S)
    settled = _settled(server)
    counts, wrong = facts.compare(embedded_parameters(server.data_dir))
    wrong += [machine.broken for machine in machines if machine.broken]
    wrong += [f"{machine.name} never came to an end" for machine in machines if machine.is_alive()]
    wrong += _audit(server)
    if settled is None:
        wrong.append("it was not ready again")
    wrong += [f"{kind}: {one}" for kind, told_of in told.items() for one in told_of.wrong()]
    waits = [wait for one in machines for wait in one.waits]
    _tell(killed, told, counts, waits, settled, wrong)
    return 1 if wrong else 0


def _kill(server: Server, options: argparse.Namespace) -> list[tuple[float, str]]:
    """Kill one after the other; answers when and of what kind."""
    pick, killed = random.Random(options.seed), []
    while len(killed) < options.kills:
        time.sleep(pick.uniform(0.3, 2 * options.every - 0.3))
        database = _database_pid(server)
        kind = killing.kill_one(server.pid, database, pick) if database else None
        if kind:
            killed.append((time.monotonic(), kind))
            print(f"{len(killed):3} {kind}", flush=True)
    return killed


def _outages(
    around: outages.Around, key: str, kinds: list[str], has_own_disk: bool
) -> dict[str, outages.Told]:
    told = {}
    for kind in kinds:
        why_not = ""
        if kind == "disk full" and not has_own_disk:
            why_not = "this account may not mount a small disk"
        if kind.startswith("clock") and not around.clock.can_move:
            why_not = "it takes Linux and a C compiler"
        print(f"{kind}: not tried, {why_not}" if why_not else kind, flush=True)
        if not why_not:
            _settled(around.server)  # from what went before
            told[kind] = outages.go_through(around, kind, key)
    return told


def _database_pid(server: Server) -> int | None:
    for path in server.data_dir.rglob("postmaster.pid"):
        try:
            return int(path.read_text().split()[0])
        except (OSError, ValueError, IndexError):
            return None
    return None


def _settled(server: Server) -> float | None:
    """Answer the seconds until it says that it is ready, None where it does not."""
    import urllib.request

    began = time.monotonic()
    while time.monotonic() - began < _SETTLE_S:
        try:
            with urllib.request.urlopen(f"{server.base_url}/readyz", timeout=10) as answer:
                if answer.status == 200:
                    return time.monotonic() - began
        except OSError:
            time.sleep(0.5)
    return None


def _audit(server: Server) -> list[str]:
    try:
        server.manage("verify_audit", "--project", PROJECT)
    except subprocess.CalledProcessError as error:
        return [f"the audit chain: {error.stdout}"]
    return []


def _tell(
    killed: list[tuple[float, str]],
    told: dict[str, outages.Told],
    counts: dict[str, tuple[int, int]],
    waits: list[Wait],
    settled: float | None,
    wrong: list[str],
) -> None:
    seconds = [wait.seconds for wait in waits]
    said: dict[str, Any] = {
        "killed": {kind: sum(one == kind for _at, one in killed) for kind in killing.KINDS},
        "said meanwhile": {
            kind: {
                "readyz": sorted(one.readyz),
                "writes": one.writes,
                "slowest write, s": one.slowest_write_s,
                "oldest sweep, s": one.oldest_beat_s,
                "said": one.said,
                "ready after, s": one.ready_after_s,
            }
            for kind, one in told.items()
        },
        "acknowledged and stored": counts,
        "calls that had to be repeated": len(waits),
        "median and longest wait of those, s": [
            round(statistics.median(seconds), 1),
            round(max(seconds), 1),
        ]
        if seconds
        else None,
        "the longest waits": [_explained(wait, killed) for wait in _longest(waits)],
        "ready again after, s": None if settled is None else round(settled, 1),
        "wrong": wrong,
    }
    print(json.dumps(said, indent=2))


def _longest(waits: list[Wait]) -> list[Wait]:
    return sorted(waits, key=lambda wait: -wait.seconds)[:5]


def _explained(wait: Wait, killed: list[tuple[float, str]]) -> str:
    """Answer a wait with what was killed shortly before it and in it."""
    within = [
        f"{kind} at {at - wait.began:+.0f} s"
        for at, kind in killed
        if -10 < at - wait.began < wait.seconds
    ]
    return f"{wait.seconds:.1f} s {wait.path}: {', '.join(within) or 'nothing was killed'}"


if __name__ == "__main__":
    sys.exit(main())
