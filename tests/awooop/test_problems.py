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
