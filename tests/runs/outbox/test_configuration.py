"""What the environment says of the bot and the fallback is checked before anything starts."""

from __future__ import annotations

import pytest

from awooop import config


@pytest.fixture
def load(monkeypatch, tmp_path):
    """Load the configuration with these variables."""

    def loaded(**values: str) -> config.Config:
        monkeypatch.delenv("DATABASE_URL", raising=False)
        monkeypatch.setenv("AWOOOP_DATA_DIR", str(tmp_path))
        for name, value in values.items():
            monkeypatch.setenv(name, value)
        return config.load()

    return loaded


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TELEGRAM_BOT_TOKEN", "not-a-s3cret token"),
        ("TELEGRAM_BOT_TOKEN", "s3cret/../getMe"),
        ("TELEGRAM_API_URL", "api.telegram.org"),
        ("TELEGRAM_WEBHOOK_SECRET", "s3cret"),
        ("TELEGRAM_WEBHOOK_SECRET", "s3cret with spaces and more"),
        ("FALLBACK_NOTIFY_URLS", "ntfy://ok s3cret"),
    ],
)
def test_a_wrong_value_names_its_variable_and_tells_no_secret(load, name, value):
    with pytest.raises(config.ConfigError, match=name) as refused:
        load(**{name: value})
    assert "s3cret" not in str(refused.value)


def test_secrets_do_not_show_in_the_configuration(load):
    loaded = load(
        TELEGRAM_BOT_TOKEN="123:s3cret",
        TELEGRAM_WEBHOOK_SECRET="s3cret-s3cret-s3cret",
        FALLBACK_NOTIFY_URLS="p1=ntfy://s3cret/x",
    )
    assert "s3cret" not in repr(loaded)
