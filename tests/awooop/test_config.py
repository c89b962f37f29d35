from __future__ import annotations

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
