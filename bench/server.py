"""The real web server and cluster, as `manage.py up` starts them, in a data directory of ours."""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
_START_S, WEB_PROCESSES = 120, 2
_LISTENS = "0A"  # the state in /proc/net/tcp, see proc_net_tcp(5)


@dataclass
class Client:
    """One connection that is kept, as a reverse proxy or an agent keeps it."""

    port: int
    headers: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)

    def ask(self, method: str, path: str, body: bytes | None = None) -> tuple[int, bytes]:
        """Send a request and read the whole answer."""
        headers = {**self.headers, **({"Content-Type": "application/json"} if body else {})}
        try:
            self._connection.request(method, path, body, headers)
            answer = self._connection.getresponse()
            return answer.status, answer.read()
        except (http.client.HTTPException, OSError):
            self._connection.close()
            raise


@contextmanager
def running(
    port: int,
    *,
    cluster: bool,
    env: Mapping[str, str] | None = None,
    processes: int = WEB_PROCESSES,
    cores: Collection[int] = (),
) -> Iterator[int]:
    """Run the server (and the cluster) for the block; answers the supervisor's pid.

    Everything that it starts is held to `cores`, if any.
    """
    command = [sys.executable, str(ROOT / "manage.py"), "up", *([] if cluster else ["--web-only"])]
    given = {"PORT": str(port), "AWOOOP_DEMO": "0", "LOG_LEVEL": "WARNING"}
    given["WEB_WORKERS"] = str(processes)
    log = Path(os.environ["AWOOOP_DATA_DIR"]) / "bench-server.log"
    with log.open("ab") as output:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**os.environ, **given, **(env or {})},
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
        if cores:
            os.sched_setaffinity(process.pid, cores)  # before it starts others, which inherit it
        try:
            _wait(process, port, log, processes)
            yield process.pid
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _listening(port: int) -> int:
    """Answer how many sockets listen at the port: each web process has one of its own.

    Connections that are kept stay with the process that took them: those that are made while only
    one process listens are all its own, for as long as the clients live.
    """
    sockets = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return sum(one[1].endswith(f":{port:04X}") and one[3] == _LISTENS for one in sockets)


def _wait(process: subprocess.Popen[bytes], port: int, log: Path, processes: int) -> None:
    deadline = time.monotonic() + _START_S
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            if Client(port).ask("GET", "/healthz")[0] == 200 and _listening(port) >= processes:
                return
        except OSError:
            pass
        time.sleep(0.2)
    raise RuntimeError("the server did not start:\n" + log.read_text(errors="replace")[-2000:])


def cpu_ms(pid: int, database_pid: int) -> float:
    """Answer the processor time so far of the web processes and of the database, in milliseconds.

    Unlike the clock on the wall it does not grow because the machine does something else.
    """
    above = parent(database_pid)
    backends = below(above) if above else []
    web = [each for each in below(pid) if _kind(each) == "web"]
    ticks = sum(int(stat[11]) + int(stat[12]) for stat in map(_stat, [*web, *backends]) if stat)
    return ticks * 1000 / os.sysconf("SC_CLK_TCK")


def memory_mib(pid: int) -> dict[str, float]:
    """Answer the proportional memory of a process and all below it, in MiB: web, cluster, other."""
    sums: dict[str, float] = {}
    for each in below(pid):
        kind = _kind(each)
        sums[kind] = sums.get(kind, 0.0) + _pss_kib(each) / 1024
    return {kind: round(value, 1) for kind, value in sorted(sums.items())}


def parent(pid: int) -> int | None:
    """Answer the process that started one, None where it is gone."""
    fields = _stat(pid)
    return int(fields[1]) if fields else None


def below(pid: int) -> list[int]:
    """Answer a process and all that it and those below it started."""
    parents: dict[int, list[int]] = {}
    for entry in Path("/proc").glob("[0-9]*"):
        if fields := _stat(int(entry.name)):
            parents.setdefault(int(fields[1]), []).append(int(entry.name))
    found, waiting = [], [pid]
    while waiting:
        found.append(one := waiting.pop())
        waiting += parents.get(one, [])
    return found


def _stat(pid: int) -> list[str]:
    """Answer the fields of a process from its state on (the parent's pid is 1), or nothing."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return []


def _kind(pid: int) -> str:
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return "gone"
    if "granian" in command:
        return "web"
    if "qcluster" in command:
        return "cluster"
    return "postgres" if "postgres" in command else "supervisor"


def _pss_kib(pid: int) -> int:
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:")), 0)
