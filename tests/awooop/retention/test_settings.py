"""What RETENTION_DAYS and RETENTION_OVERRIDES may be, and the tables' own settings."""

from __future__ import annotations

import pytest
from django.db import connection

from awooop import config


@pytest.fixture
def environment(monkeypatch, tmp_path):
    monkeypatch.setenv("AWOOOP_DATA_DIR", str(tmp_path))
    return monkeypatch.setenv


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("RETENTION_DAYS", "30"),
        ("RETENTION_DAYS", "3651"),
        ("RETENTION_OVERRIDES", "runs=40"),
        ("RETENTION_OVERRIDES", "[40]"),
        ("RETENTION_OVERRIDES", '{"runs": 0}'),
        ("RETENTION_OVERRIDES", '{"runs": "long"}'),
    ],
)
def test_a_wrong_value_names_its_variable(environment, name, value):
    environment(name, value)
    with pytest.raises(config.ConfigError, match=name):
        config.load()


def test_days_by_rule_are_read(environment):
    environment("RETENTION_OVERRIDES", '{"runs": 365, "incidents": null}')
    assert config.load().retention_overrides == {"runs": 365, "incidents": None}


def test_without_them_the_defaults_hold(environment):
    environment("RETENTION_DAYS", "")
    assert (config.load().retention_days, config.load().retention_overrides) == (180, {})


@pytest.mark.django_db
@pytest.mark.parametrize(
    "table",
    [
        "runs_run",
        "runs_outboundmessage",
        "awooop_counterdelta",
        "awooop_lease",
        "awooop_taskheartbeat",
        "django_q_ormq",
    ],
)
def test_a_hot_table_is_swept_early(table):
    with connection.cursor() as cursor:
        cursor.execute(
            "select option_value::float from pg_class, pg_options_to_table(reloptions) "
            "where oid = %s::regclass and option_name = 'autovacuum_vacuum_scale_factor'",
            [table],
        )
        (factor,) = cursor.fetchone()
    assert factor <= 0.01
