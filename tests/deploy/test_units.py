"""deploy/systemd and deploy/compose: what they start exists, and what they set is known."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from django.core.management import get_commands, load_command_class

from awooop.config import ROOT, Config

SYSTEMD, COMPOSE = ROOT / "deploy/systemd", ROOT / "deploy/compose"
UNITS = sorted(path for path in SYSTEMD.iterdir() if path.suffix != ".example")
SERVICES = [path for path in UNITS if path.suffix == ".service"]
VARIABLES = {str(field.validation_alias.choices[0]) for field in Config.model_fields.values()}


def settings(path: Path) -> list[str]:
    """Answer the names that a file of NAME=value lines sets."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [line.partition("=")[0] for line in lines if line and not line.startswith("#")]


def check_command(words: list[str]) -> None:
    """Parse `manage.py …` as the command itself does; it exits on what it does not know."""
    name, *arguments = words[words.index("manage.py") + 1 :]
    command = load_command_class(get_commands()[name], name)
    command.create_parser("manage.py", name).parse_args(arguments)


def compose() -> dict:
    return yaml.safe_load((COMPOSE / "compose.yaml").read_text(encoding="utf-8"))


@pytest.mark.needs_program("systemd-analyze")
@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_systemd_understands_the_unit(unit, tmp_path):
    for path in UNITS:
        text = path.read_text(encoding="utf-8")
        # The program need not be installed here for the rest to be judged.
        (tmp_path / path.name).write_text(text.replace("/opt/awooop/.venv/bin/python", "/bin/true"))
    done = subprocess.run(
        [shutil.which("systemd-analyze"), "verify", "--man=no", str(tmp_path / unit.name)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("unit", SERVICES, ids=lambda path: path.name)
def test_a_service_starts_a_command_that_exists(unit):
    (line,) = re.findall(r"^ExecStart=(.*)$", unit.read_text(encoding="utf-8"), re.MULTILINE)
    check_command(shlex.split(line.replace("$BACKUP_ARGS", "--url postgres://a:b@c/d")))


@pytest.mark.parametrize("path", [SYSTEMD / "awooop.env.example"], ids=lambda path: path.name)
def test_an_environment_file_sets_what_is_known(path):
    assert set(settings(path)) - VARIABLES == {"BACKUP_ARGS"}


def test_compose_starts_commands_that_exist():
    for name in ("migrate", "cluster"):
        check_command(compose()["services"][name]["command"])


def test_compose_sets_what_is_known():
    assert set(compose()["x-app"]["environment"]) <= VARIABLES


def test_compose_asks_for_what_its_example_names():
    text = (COMPOSE / "compose.yaml").read_text(encoding="utf-8")
    required = set(re.findall(r"\$\{(\w+):\?", text))
    assert required <= set(settings(COMPOSE / ".env.example"))


def test_no_example_carries_a_secret():
    for path in (SYSTEMD / "awooop.env.example", COMPOSE / ".env.example"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"^(SECRET_KEY|AUDIT_KEY|\w*TOKEN|POSTGRES_\w+)=\S", text, re.M)


def test_the_image_has_a_python_that_is_supported():
    (version,) = re.findall(r"^FROM python:3\.(\d+)", (COMPOSE / "Dockerfile").read_text(), re.M)
    assert int(version) >= 11
