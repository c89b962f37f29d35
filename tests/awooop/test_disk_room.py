"""A database whose disk is full says so: to probes, to Prometheus, and to the person on call."""

from __future__ import annotations

import pytest
from django.db import connection

from tests import factories


@pytest.fixture
def full_disk(db):
    """What the probe finds where the disk is full (a full one is tried by `make faults`)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "create or replace function awooop_has_disk_room() returns boolean"
            " language sql as 'select false'"
        )


@pytest.fixture
def page(client, db):
    factories.project("awoooi")
    client.force_login(factories.user(awoooi="operator"))
    return client


def test_readyz_says_so(client, full_disk):
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"]["disk"] == {"ok": False}


def test_the_metric_says_so(client, full_disk):
    assert "awooop_database_has_disk_room 0.0" in client.get("/metrics").content.decode()


def test_the_home_page_says_so(page, full_disk):
    assert "disk is full: nothing can be written" in page.get("/").content.decode()


def test_with_room_nobody_says_anything(page):
    assert "disk is full" not in page.get("/").content.decode()
    assert page.get("/readyz").json()["checks"]["disk"] == {"ok": True}


def test_the_probe_spills_to_the_disk(db):
    with connection.cursor() as cursor:
        cursor.execute("set local work_mem = '64kB'")
        cursor.execute(
            "explain (analyze, buffers, format json) select count(*) from generate_series(1, 5000)"
        )
        (plan,) = cursor.fetchone()
    assert plan[0]["Plan"]["Temp Written Blocks"] > 0
