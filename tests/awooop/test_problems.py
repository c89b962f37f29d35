"""Refusals and faults as answers: a problem document to programs, a page to people."""

from __future__ import annotations

import pytest
from django.test import RequestFactory

from awooop import problems
from awooop.errors import Invalid, Unavailable


@pytest.fixture
def asked(operator):
    """A person's request, whose shell would ask the database for its counts."""
    from tests import factories

    request = RequestFactory().get("/awooop/runs", headers={"Accept": "text/html"})
    request.user, request.caller = operator, factories.caller_of_user(operator)
    return request


def test_a_fault_is_told_without_the_database(asked, django_assert_num_queries):
    with django_assert_num_queries(0):
        response = problems.respond(asked, Unavailable("The database did not answer."))
    assert response.status_code == 503
    assert response["Retry-After"] == "5"
    assert b"The database did not answer." in response.content


def test_an_unexpected_failure_is_told_without_the_database(asked, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert problems.server_error(asked).status_code == 500


def test_a_program_is_told_which_field(db):
    request = RequestFactory().get("/api/v1/platform/runs")
    response = problems.respond(request, Invalid({"page": "must be a number"}))
    assert response["Content-Type"] == "application/problem+json"
    assert b'"field": "page"' in response.content


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("/awooop", "/"),
        ("/awooop/", "/"),
        ("/awooop/runs/", "/awooop/runs"),
        ("/awooop/runs//?state=failed&q=%2F", "/awooop/runs?state=failed&q=%2F"),
    ],
)
def test_a_slash_too_many_leads_to_the_page_meant(db, client, typed, meant):
    response = client.get(typed)
    assert (response.status_code, response.headers.get("Location")) == (302, meant)


@pytest.mark.parametrize(
    "typed", ["/awooop/nowhere/", "/awooop//elsewhere.example/", "/api/v1/runs/"]
)
def test_a_slash_too_many_is_no_way_out(db, client, typed):
    assert client.get(typed).status_code == 404


def test_what_is_sent_is_not_led_elsewhere(db, client):
    assert client.post("/awooop/runs/").status_code == 404
