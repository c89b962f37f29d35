"""`make faults`: `kill -9` fifty times under load; nothing acknowledged may be lost or doubled."""

from __future__ import annotations

import argparse
import json
import random
import statistics
import subprocess
import sys
import time
from typing import Any

from awooop.database.dump import embedded_parameters
from scripts.faults import killing, outages
from scripts.faults.facts import Facts
from scripts.faults.machines import PROJECT, Machine
from scripts.screenshots.server import Server, throw_away

_SETTLE_S = 180


def main() -> int:
    """Run it; answer 0 where everything acknowledged is there once."""
    parser = argparse.ArgumentParser(prog="python -m scripts.faults", description=__doc__)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--machines", type=int, default=6)
    parser.add_argument("--every", type=float, default=3.0, help="seconds between kills, about")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with outages.small_disk() as disk, throw_away(demo=False, folder=disk) as server:
        return _run(server, options, has_own_disk=disk is not None)


def _run(server: Server, options: argparse.Namespace, *, has_own_disk: bool) -> int:
    server.manage("createproject", PROJECT, "--name", "Faults")
    keys = (
        server.manage(
            "createapikey", "--project", PROJECT, "--name", "agent", "--scopes", "read,ingest"
        ),
        server.manage(
            "createapikey", "--project", PROJECT, "--name", "person", "--scopes", "decide"
        ),
    )
    facts = Facts()
    port = int(server.base_url.rpartition(":")[2])
    machines = [Machine(f"m{n}", port, keys, facts) for n in range(options.machines)]
    for machine in machines:
        machine.start()
    killed = _kill(server, options)
    told = _outages(server, keys[0], has_own_disk=has_own_disk)
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
    wrong += [f"{kind}: not ready again" for kind, one in told.items() if not one.ready_after_s]
    wrong += [f"{kind}: /readyz hid it" for kind, one in told.items() if one.hid]
    _tell(killed, told, counts, [out for one in machines for out in one.outages], settled, wrong)
    return 1 if wrong else 0


def _kill(server: Server, options: argparse.Namespace) -> dict[str, int]:
    pick, killed = random.Random(options.seed), dict.fromkeys(killing.KINDS, 0)
    while sum(killed.values()) < options.kills:
        time.sleep(pick.uniform(0.3, 2 * options.every - 0.3))
        database = _database_pid(server)
        kind = killing.kill_one(server.pid, database, pick) if database else None
        if kind:
            killed[kind] += 1
            print(f"{sum(killed.values()):3} {kind}", flush=True)
    return killed


def _outages(server: Server, key: str, *, has_own_disk: bool) -> dict[str, outages.Told]:
    told = {}
    for kind in outages.OUTAGES:
        if kind == "disk full" and not has_own_disk:
            print("disk full: not tried, this account may not mount a small disk", flush=True)
            continue
        print(kind, flush=True)
        told[kind] = outages.go_through(server, kind, key)
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
    killed: dict[str, int],
    told: dict[str, outages.Told],
    counts: dict[str, tuple[int, int]],
    outages: list[float],
    settled: float | None,
    wrong: list[str],
) -> None:
    said: dict[str, Any] = {
        "killed": killed,
        "said meanwhile": {
            kind: {
                "readyz": sorted(one.readyz),
                "writes": one.writes,
                "ready after, s": one.ready_after_s,
            }
            for kind, one in told.items()
        },
        "acknowledged and stored": counts,
        "calls that had to be repeated": len(outages),
        "median and longest wait of those, s": [
            round(statistics.median(outages), 1),
            round(max(outages), 1),
        ]
        if outages
        else None,
        "ready again after, s": settled and round(settled, 1),
        "wrong": wrong,
    }
    print(json.dumps(said, indent=2))


if __name__ == "__main__":
    sys.exit(main())
