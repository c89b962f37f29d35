from __future__ import annotations

import pytest

from tests.governance.slo import fake_prometheus


@pytest.fixture
def prometheus(settings):
    """A fake Prometheus that the application asks; it knows nothing until told."""
    with fake_prometheus.running() as fake:
        settings.PROMETHEUS_URL = fake.url
        yield fake


@pytest.fixture
def no_prometheus(settings):
    """The database answers."""
    settings.PROMETHEUS_URL = ""
