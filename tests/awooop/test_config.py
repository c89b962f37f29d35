from __future__ import annotations

import os
import subprocess
import sys

import pytest

from awooop import config


@pytest.fixture
def environment(monkeypatch, tmp_path):
    """Set variables on an otherwise clean environment."""
    for field in config.Config.model_fields.values():
        monkeypatch.delenv(field.validation_alias.choices[0], raising=False)
    monkeypatch.setenv("AWOOOP_DATA_DIR", str(tmp_path))

    def set_variables(**values: str) -> None:
        for name, value in values.items():
            monkeypatch.setenv(name, value)

    return set_variables


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ({"PORT": "http"}, "PORT"),
        ({"PORT": "70000"}, "PORT"),
        ({"DEBUG": "maybe"}, "DEBUG"),
        ({"LOG_LEVEL": "loud"}, "LOG_LEVEL"),
        ({"BASE_URL": "console.example.org"}, "BASE_URL"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY"),
        ({"DATABASE_URL": "postgres://h/d"}, "SECRET_KEY"),
    ],
)
def test_a_wrong_value_names_its_variable(environment, values, name):
    environment(**values)
    with pytest.raises(config.ConfigError, match=name):
        config.load()


def test_an_empty_variable_is_as_good_as_unset(environment):
    environment(PORT="", DATABASE_URL="")
    assert config.load().port == 8000
    assert config.load().is_embedded


def test_lists_are_split_at_commas(environment):
    environment(ALLOWED_HOSTS="a.example.org, b.example.org,")
    assert config.load().allowed_hosts == ("a.example.org", "b.example.org")


def test_the_trial_makes_a_secret_and_keeps_it(environment, tmp_path):
    first = config.load().secret()
    assert len(first) >= 32
    assert config.load().secret() == first
    assert (tmp_path / "secret_key").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("place", ["a_file", "a_file/below"])
@pytest.mark.parametrize("secret", ["", "x" * 40])
def test_a_data_dir_that_is_no_folder_names_its_variable(environment, tmp_path, place, secret):
    (tmp_path / "a_file").touch()
    environment(AWOOOP_DATA_DIR=str(tmp_path / place), SECRET_KEY=secret)
    with pytest.raises(config.ConfigError) as refused:
        config.load()
    assert f"AWOOOP_DATA_DIR ({tmp_path / place})" in str(refused.value)


def test_a_secret_that_cannot_be_kept_names_the_variable(environment, tmp_path):
    environment()
    (tmp_path / "secret_key").mkdir()
    with pytest.raises(config.ConfigError) as refused:
        config.load().secret()
    assert f"AWOOOP_DATA_DIR ({tmp_path}): cannot keep secret_key there" in str(refused.value)


def test_a_start_without_a_place_for_its_data_ends_with_a_sentence(tmp_path):
    (tmp_path / "file").touch()
    environment = {**os.environ, "AWOOOP_DATA_DIR": str(tmp_path / "file")}
    environment |= {"SECRET_KEY": "", "DATABASE_URL": ""}
    command = [sys.executable, "manage.py", "check"]
    ran = subprocess.run(
        command, cwd=config.ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 1
    assert "Traceback" not in ran.stderr
    assert "AWOOOP_DATA_DIR" in ran.stderr
