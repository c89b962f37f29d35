"""A poster of notifications."""

from __future__ import annotations

import pytest

from tests.runs.alertmanager.payloads import PATH


@pytest.fixture
def send(api):
    """Post a notification; answers what it made."""

    def post(body):
        response = api.post(PATH, body)
        assert response.status_code == 202, response.content
        return response.json()

    return post
