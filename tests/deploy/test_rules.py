"""The shipped rules and configurations are right, and ask for what the console exports."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from django.conf import settings
from django.test import Client

from governance.slo.definitions import BUILT_IN

DEPLOY = Path(settings.BASE_DIR) / "deploy" / "prometheus"
ALERTS = DEPLOY / "rules" / "awooop-alerts.yml"
UNIT_TESTS = sorted((DEPLOY / "tests").glob("*.yml"))
_METRIC = re.compile(r"(?<![\w:])(?:awooop|automation|post|knowledge)_\w+(?![\w:])")


def run(*command):
    done = subprocess.run(
        [shutil.which(command[0]), *map(str, command[1:])],
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def rules(kind):
    for path in sorted((DEPLOY / "rules").glob("*.yml")):
        for group in yaml.safe_load(path.read_text())["groups"]:
            yield from (rule for rule in group["rules"] if kind in rule)


@pytest.mark.needs_program("promtool")
def test_the_example_configuration_and_its_rules_are_valid():
    assert "2 rule files found" in run("promtool", "check", "config", DEPLOY / "prometheus.yml")


@pytest.mark.needs_program("promtool")
@pytest.mark.parametrize("path", UNIT_TESTS, ids=lambda path: path.stem)
def test_the_rules_answer_as_their_unit_tests_say(path):
    assert "SUCCESS" in run("promtool", "test", "rules", path)


@pytest.mark.needs_program("amtool")
def test_the_example_of_an_alertmanager_is_valid():
    assert "SUCCESS" in run("amtool", "check-config", DEPLOY / "alertmanager.yml")


@pytest.mark.needs_program("amtool")
@pytest.mark.parametrize(
    ("labels", "receiver"),
    [
        (["alertname=AwooopAutonomyLow", "project_id=a"], "console"),
        (["alertname=AwooopDown", "component=console"], "on-call"),
    ],
)
def test_what_says_that_the_console_is_down_goes_round_it(labels, receiver):
    config = f"--config.file={DEPLOY / 'alertmanager.yml'}"
    assert run("amtool", "config", "routes", "test", config, *labels).strip() == receiver


def test_every_alert_has_a_unit_test():
    tested = {
        case["alertname"]
        for path in UNIT_TESTS
        for test in yaml.safe_load(path.read_text())["tests"]
        for case in test.get("alert_rule_test", [])
        if case.get("exp_alerts")
    }
    assert tested == {rule["alert"] for rule in rules("alert")}


def test_every_alert_says_what_to_do_and_where_it_is_written():
    headings = re.findall(
        r"^#+ (.+)$", (DEPLOY.parents[1] / "docs/prometheus.md").read_text(), re.M
    )
    anchors = {heading.lower().replace(" ", "-") for heading in headings}
    for rule in rules("alert"):
        notes = rule["annotations"]
        path, _, anchor = notes["runbook_url"].partition("#")
        assert (path, anchor in anchors) == ("docs/prometheus.md", True), rule["alert"]
        assert notes["summary"]
        assert notes["description"]
        assert rule["labels"]["severity"] in ("critical", "warning")


def test_what_goes_into_the_console_names_its_project():
    for rule in rules("alert"):
        to_console = rule["labels"].get("component") != "console"
        assert not to_console or "project_id" in rule["annotations"]["summary"], rule["alert"]


def test_the_red_lines_of_the_alerts_are_those_of_the_slos():
    lines = {}
    for rule in rules("alert"):
        if name := rule["labels"].get("slo"):
            sign, number = re.search(r"([<>])\s*([\d.]+)\s*$", rule["expr"]).groups()
            lines[name] = (sign, float(number))
    assert lines == {
        name: ("<" if slo.direction == "above" else ">", float(slo.hard_red_line))
        for name, slo in BUILT_IN.items()
    }


def test_every_query_of_a_built_in_slo_is_recorded_or_exported():
    recorded = {rule["record"] for rule in rules("record")}
    for slo in BUILT_IN.values():
        for name in re.findall(r"sli:\w+:\w+", slo.query):
            assert name in recorded


@pytest.mark.django_db
def test_the_rules_ask_for_what_the_console_exports(project):
    asked = {
        name
        for rule in [*rules("alert"), *rules("record")]
        for name in _METRIC.findall(rule["expr"])
    }
    text = Client().get("/metrics").content.decode()
    exported = set(re.findall(r"^# TYPE (\w+) ", text, re.M))
    missing = {name for name in asked - exported if not name.startswith("awooop_http_")}
    assert missing == set()
