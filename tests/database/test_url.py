from __future__ import annotations

import pytest

from awooop.database.describe import url
from awooop.database.url import parse


def test_a_full_url():
    found = parse("postgres://ann:s%40cret@db.example.org:6432/awooop?sslmode=require")

    assert found == {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "awooop",
        "USER": "ann",
        "PASSWORD": "s@cret",
        "HOST": "db.example.org",
        "PORT": "6432",
        "OPTIONS": {"sslmode": "require"},
    }


@pytest.mark.parametrize(
    "text",
    ["postgresql://u@%2Frun%2FPostgreSQL/name", "postgres:///name?host=/run/PostgreSQL&user=u"],
)
def test_a_sockets_directory_keeps_its_case(text):
    found = parse(text)

    assert (found["HOST"], found["USER"], found["NAME"]) == ("/run/PostgreSQL", "u", "name")


def test_an_ipv6_address():
    found = parse("postgres://u@[::1]:5433/name")

    assert (found["HOST"], found["PORT"]) == ("::1", "5433")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("mysql://host/name", "must begin with postgres://"),
        ("name", "a scheme is missing"),
        ("postgres://host", "needs the database's name"),
        ("postgres://host/a/b", "needs the database's name"),
        ("postgres://host:port/name", "port 'port'"),
        ("postgres://host:70000/name", "port '70000'"),
        ("postgres://host/name?sslmod=require", "unknown option: sslmod"),
        ("postgres://host/name?sslmode", "not name=value"),
        ("postgres://u:a#b@host/name", "write it as %23"),
        ("postgres://[::1/name", "is not a URL"),
    ],
)
def test_what_is_wrong_is_named(text, why):
    with pytest.raises(ValueError, match=why):
        parse(text)


def test_a_refusal_does_not_repeat_the_password():
    with pytest.raises(ValueError) as caught:
        parse("postgres://u:hunter2@host/name?nonsense=1")

    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "postgresql://ann:s%40cret@db.example.org:6432/awooop?sslmode=require",
        "postgresql://awooop@/awooop?host=%2Ftmp%2Fsocket&port=5432",
        "postgresql://u@[::1]:5433/name",
    ],
)
def test_settings_are_written_as_the_url_they_came_from(text):
    assert url(parse(text), show_password=True) == text


def test_a_password_is_starred_out():
    text = url(parse("postgres://ann:hunter2@host/name"), show_password=False)

    assert text == "postgresql://ann:***@host/name"
