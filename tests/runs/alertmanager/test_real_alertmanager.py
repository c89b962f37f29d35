"""A real Alertmanager delivers firing, grouped and resolved notifications to this receiver."""

from __future__ import annotations

import json
import subprocess
import textwrap
import time
import urllib.error
import urllib.request
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from socket import create_server

import pytest
from django.db import OperationalError

from awooop import tenancy
from runs.actions import alert_groups
from runs.models import ChannelEvent, Incident, Run
from tests import factories

PROGRAM = "prometheus-alertmanager"
PATIENCE_S = 60
DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "alertmanager.md"
FAST = {"group_wait: 30s": "group_wait: 1s", "group_interval: 5m": "group_interval: 1s"}
pytestmark = pytest.mark.needs_program(PROGRAM)


class Alertmanager:
    """A running Alertmanager; alerts are posted to its own API."""

    def __init__(self, process: subprocess.Popen, port: int) -> None:
        self.process = process
        self.url = f"http://127.0.0.1:{port}"

    def is_ready(self) -> bool:
        """Whether it answers; raises AssertionError where it ended instead."""
        assert self.process.poll() is None, "Alertmanager ended"
        try:
            with urllib.request.urlopen(f"{self.url}/-/ready", timeout=10) as answer:
                return answer.status == 200
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return False

    def tell(self, *alerts: dict) -> None:
        """Post alerts as a Prometheus does."""
        request = urllib.request.Request(
            f"{self.url}/api/v2/alerts",
            json.dumps(alerts).encode(),
            {"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            assert answer.status == 200

    def failures(self) -> float:
        """How many webhook notifications failed, by its own count."""
        with urllib.request.urlopen(f"{self.url}/metrics", timeout=60) as answer:
            lines = answer.read().decode().splitlines()
        name = "alertmanager_notifications_failed_total{"
        counts = [line for line in lines if line.startswith(name) and '"webhook"' in line]
        assert counts
        return sum(float(line.rpartition(" ")[2]) for line in counts)


def documented_config(url, key_file):
    """Answer the configuration that the document shows, for this server, key and patience."""
    block = DOCUMENT.read_text().partition("```yaml\n")[2].partition("```")[0]
    places = {"http://awooop.example": url, "/etc/alertmanager/awooop.key": str(key_file)}
    for shown, ours in {**places, **FAST}.items():
        assert block.count(shown) == 1, shown
        block = block.replace(shown, ours)
    return textwrap.dedent(block)


@contextmanager
def running(folder, config):
    (folder / "alertmanager.yml").write_text(config)
    with closing(create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [
                PROGRAM,
                f"--config.file={folder / 'alertmanager.yml'}",
                f"--storage.path={folder / 'data'}",
                f"--web.listen-address=127.0.0.1:{port}",
                "--cluster.listen-address=",
            ],
            stdout=log,
            stderr=log,
        )
        try:
            yield Alertmanager(process, port)
        finally:
            process.terminate()
            try:
                process.wait(60)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@pytest.fixture
def alertmanager(truncatable, live_server, tmp_path):
    factories.project("awoooi")
    (tmp_path / "key").write_text(factories.api_key("awoooi", scopes=["ingest"]) + "\n")
    with running(tmp_path, documented_config(live_server.url, tmp_path / "key")) as started:
        until(started.is_ready)
        yield started


def until(condition):
    """Wait for a condition, at most a minute; answers its first true value."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        with tenancy.scope(["awoooi"]):
            found = condition()
        if found:
            return found
        time.sleep(0.1)
    pytest.fail("what was waited for did not happen")


def an_alert(instance, *, name="DiskFull"):
    started = datetime.now(UTC) - timedelta(minutes=5)
    return {
        "labels": {"alertname": name, "instance": instance, "severity": "critical"},
        "annotations": {"summary": f"disk of {instance} is full"},
        "startsAt": started.isoformat(),
        "generatorURL": "http://127.0.0.1/graph",
    }


def one_incident():
    return Incident.objects.filter(status="open").first()


def test_it_opens_recurs_and_closes_an_incident_end_to_end(alertmanager):
    first, second = an_alert("db1"), an_alert("db2")
    alertmanager.tell(first, second)
    incident = until(one_incident)
    with tenancy.scope(["awoooi"]):
        assert incident.title.startswith("DiskFull: disk of db1 is full")
        assert incident.fingerprint == '{}:{alertname="DiskFull"}'
        assert incident.severity == "critical"
        run = Run.objects.get()
        assert run.trigger_ref.startswith(incident.pk)
        assert run.inbound_events.count() == 2

    third = an_alert("db3")
    alertmanager.tell(third)
    until(lambda: Incident.objects.get().recurrence_count == 1)

    over = {"endsAt": datetime.now(UTC).isoformat()}
    alertmanager.tell(first | over)
    until(lambda: ChannelEvent.objects.filter(provider_event_id__endswith=":resolved").exists())
    with tenancy.scope(["awoooi"]):
        assert Incident.objects.get().status == "open"

    alertmanager.tell(second | over, third | over)
    until(lambda: Incident.objects.filter(resolution_type="alert_cleared").exists())
    with tenancy.scope(["awoooi"]):
        assert Run.objects.count() == 1
        assert ChannelEvent.objects.filter(is_duplicate=False).count() == 6
        assert not ChannelEvent.objects.filter(is_refused=True).exists()
    assert alertmanager.failures() == 0


def test_each_group_has_its_own_incident(alertmanager):
    alertmanager.tell(an_alert("db1"), an_alert("web1", name="HighLatency"))
    until(lambda: Incident.objects.count() == 2)
    with tenancy.scope(["awoooi"]):
        assert Run.objects.count() == 2
    assert alertmanager.failures() == 0


def test_it_tries_again_what_a_passing_fault_refused(alertmanager, monkeypatch):
    stored, faults = alert_groups.links.for_events, iter([503, 503])

    def fail_twice(events):
        if next(faults, None):
            raise OperationalError("the database is restarting")
        stored(events)

    monkeypatch.setattr(alert_groups.links, "for_events", fail_twice)
    alertmanager.tell(an_alert("db1"))
    until(one_incident)
    with tenancy.scope(["awoooi"]):
        assert (Incident.objects.count(), Run.objects.count()) == (1, 1)
        assert ChannelEvent.objects.count() == 1
