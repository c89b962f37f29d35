from __future__ import annotations

import pytest

from awooop import clock
from awooop.models import ApiKey
from tests import factories

KEY = ("createapikey", "--project", "awoooi", "--name", "ci", "--scopes")


def test_stdout_is_the_key_alone_and_the_key_works(project, command):
    ran = command(*KEY, "read,ingest")
    assert ran.code == 0
    text = ran.out.removesuffix("\n")
    assert "\n" not in text
    assert factories.ApiClient(text).get("/platform/tenants").status_code == 200
    assert ApiKey.objects.get().scopes == ["read", "ingest"]
    assert text not in ran.err


def test_it_expires_in_as_many_days(project, command):
    command(*KEY, "read", "--expires-days", "30")
    assert (ApiKey.objects.get().expires_at - clock.now()).days in (29, 30)


@pytest.mark.parametrize(
    ("arguments", "field"),
    [(("read,fly",), "scopes"), ((" ",), "scopes"), (("read", "--expires-days=0"), "expires_days")],
)
def test_what_is_wrong_is_named(project, command, arguments, field):
    ran = command(*KEY, *arguments, "--json")
    assert ran.code == 1
    assert ran.json["errors"][0]["field"] == field
    assert not ApiKey.objects.exists()


def test_an_unknown_project_is_a_failure(command):
    ran = command(*KEY, "read")
    assert (ran.code, ran.error) == (1, "There is no project awoooi.")
    assert ran.out == ""


def test_the_report_for_machines_holds_the_key(project, command):
    data = command(*KEY, "read", "--json").json
    assert data["key"].startswith(f"awp_{data['prefix']}_")
    assert data["scopes"] == ["read"]
