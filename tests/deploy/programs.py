"""Real Prometheus and Alertmanager for a test, on free ports of loopback, at a test's pace."""

from __future__ import annotations

import json
import re
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from socket import create_server
from typing import Any, TypeVar
from urllib.parse import urlencode

import pytest
from django.conf import settings

DEPLOY = Path(settings.BASE_DIR) / "deploy" / "prometheus"
PATIENCE_S = 90
T = TypeVar("T")


@dataclass
class Program:
    """A running program that listens on `url`."""

    process: subprocess.Popen
    url: str
    log: Path

    def is_ready(self) -> bool:
        """Whether it answers; raises AssertionError where it ended instead."""
        assert self.process.poll() is None, self.log.read_text()[-2_000:]
        try:
            with urllib.request.urlopen(f"{self.url}/-/ready", timeout=2) as answer:
                return answer.status == 200
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return False

    def query(self, expr: str) -> list[dict[str, Any]]:
        """Answer an instant query of a Prometheus."""
        query = urlencode({"query": expr})
        with urllib.request.urlopen(f"{self.url}/api/v1/query?{query}", timeout=10) as answer:
            return json.load(answer)["data"]["result"]

    def stop(self) -> None:
        """End it, for good."""
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def until(condition: Callable[[], T], what: str) -> T:
    """Wait for a condition; answers its first true value."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        if found := condition():
            return found
        time.sleep(0.2)
    pytest.fail(f"{what} did not happen within {PATIENCE_S} s")


def replaced(text: str, **places: str) -> str:
    """Replace each pattern, which must be there."""
    for pattern, ours in places.items():
        text, count = re.subn(pattern, ours, text)
        assert count, f"{pattern} is not in the shipped file"
    return text


def free_port() -> int:
    """Answer a port of loopback that is free now."""
    with closing(create_server(("127.0.0.1", 0))) as free:
        return free.getsockname()[1]


@contextmanager
def prometheus(folder: Path, *, console: str, alertmanager: str) -> Iterator[Program]:
    """Run Prometheus with the shipped configuration and rules, at intervals of a second."""
    (folder / "rules").mkdir(parents=True)
    for path in sorted((DEPLOY / "rules").glob("*.yml")):
        text = re.sub(r"(?m)^(\s+for:) \w+$", r"\1 0s", path.read_text())
        (folder / "rules" / path.name).write_text(re.sub("interval: 1m", "interval: 1s", text))
    config = replaced(
        (DEPLOY / "prometheus.yml").read_text(),
        **{
            "_interval: 15s": "_interval: 1s",
            r"127\.0\.0\.1:8000": console.removeprefix("http://"),
            r"127\.0\.0\.1:9093": alertmanager.removeprefix("http://"),
        },
    )
    (folder / "prometheus.yml").write_text(config)
    port = free_port()
    with _running(
        folder,
        port,
        "prometheus",
        f"--config.file={folder / 'prometheus.yml'}",
        f"--storage.tsdb.path={folder / 'data'}",
        f"--web.listen-address=127.0.0.1:{port}",
    ) as program:
        yield program


@contextmanager
def alertmanager(folder: Path, *, console: str, key: str) -> Iterator[Program]:
    """Run Alertmanager with the shipped configuration, which posts back into the console."""
    folder.mkdir(parents=True)
    (folder / "key").write_text(key + "\n")
    config = replaced(
        (DEPLOY / "alertmanager.yml").read_text(),
        **{
            r"http://127\.0\.0\.1:8000": console,
            r"/etc/alertmanager/awooop\.key": str(folder / "key"),
            "group_wait: 30s": "group_wait: 1s",
            "group_interval: 5m": "group_interval: 1s",
        },
    )
    (folder / "alertmanager.yml").write_text(config)
    port = free_port()
    with _running(
        folder,
        port,
        "prometheus-alertmanager",
        f"--config.file={folder / 'alertmanager.yml'}",
        f"--storage.path={folder / 'data'}",
        f"--web.listen-address=127.0.0.1:{port}",
        "--cluster.listen-address=",
    ) as program:
        yield program


@contextmanager
def _running(folder: Path, port: int, *command: str) -> Iterator[Program]:
    log = folder / "log"
    with log.open("wb") as stream:
        process = subprocess.Popen(command, stdout=stream, stderr=stream, cwd=folder)
    program = Program(process, f"http://127.0.0.1:{port}", log)
    try:
        until(program.is_ready, f"{command[0]}'s start")
        yield program
    finally:
        program.stop()
