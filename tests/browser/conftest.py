"""A served console with data, and a browser in a thread of its own.

Playwright runs an event loop in its thread; in a thread of its own, that leaves Django's guard
against queries from coroutines on for every test.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from playwright.sync_api import expect

PASSWORD = "a long enough password"
# A machine that runs the whole suite at once answers late: what is expected may take its time.
expect.set_options(timeout=20_000)


@pytest.fixture
def in_browser(live_server, accounts):
    """Answer `in_browser(act, locale, *args)`: what `act(walker)` answers, run in the browser's
    thread; `args` are the browser's own."""
    from django.template.loader import render_to_string

    from scripts.screenshots import walk

    def visit(act, locale, *args):
        with walk.chromium(*args) as browser:
            return act(walk.Walker(browser, live_server.url, accounts, render_to_string, locale))

    with ThreadPoolExecutor(1, "browser") as thread:
        yield lambda act, locale="en-GB", *args: thread.submit(visit, act, locale, *args).result()


@pytest.fixture
def accounts(truncatable):
    """Readers by kind, as the table of pages names them: address and password."""
    from tests import factories

    return {
        "admin": (factories.user("admin@example.org", is_superuser=True).email, PASSWORD),
        "viewer": (factories.user("viewer@example.org").email, PASSWORD),
    }


@pytest.fixture
def demo(accounts):
    """The demo's month."""
    from runs.demo import making

    making.make(project_id="awoooi", tell=lambda _: None)
    _let_view("awoooi")


@pytest.fixture
def hostile(accounts, live_server):
    """Names without end, three scripts, markup."""
    from scripts.screenshots import hostile
    from tests import factories

    factories.project("awoooi")
    _let_view("awoooi")
    scopes = ("read", "ingest", "govern")
    hostile.write(live_server.url, factories.api_key("awoooi", scopes=scopes))


@pytest.fixture
def empty(accounts):
    """A project in which nothing has happened yet."""
    from tests import factories

    factories.project("awoooi")
    _let_view("awoooi")


def _let_view(project_id: str) -> None:
    from awooop import callers, tenancy
    from awooop.actions import projects
    from awooop.models import User

    viewer = User.objects.get(email="viewer@example.org")
    with tenancy.scope([project_id]):
        by = callers.system("tests", [project_id])
        projects.set_member(by=by, project_id=project_id, user=viewer, role="viewer")
