"""Whatever text is stored, it stays text wherever it is shown: pages, administration, CSV."""

from __future__ import annotations

import csv
import io
import re

import pytest
from django.db import models, transaction
from django.urls import reverse

from awooop import tenancy
from tests import factories
from tests.walks import addresses, tables
from tests.walks.addresses import has_project
from tests.walks.asking import admin_url, by_login
from tests.walks.world import World

pytestmark = pytest.mark.django_db
SCRIPT = "=1+1'\"><img src=x onerror=alert(1)><script>alert(2)</script>"
# What would be markup if it reached a page as it is: a tag that no template of ours writes.
LIVE = re.compile(r"<img src=x|<script>alert|onerror=alert\(1\)>(?!&)")
PAGES = addresses.pages()
READERS = [
    name
    for name in tables.walked(tables.PAGES, PAGES)
    if tables.PAGES[name].look is not None and not tables.PAGES[name].is_pulse
]
ADMINS = sorted(label for label, one in addresses.admins().items() if has_project(one.model))


class Poisoned(World):
    """A project whose every free text is a script and a formula."""

    poisoned: set[str]

    def poison(self) -> None:
        """Write the script over each text that its table lets it stand in."""
        self.poisoned = set()
        with tenancy.scope([self.project_id]):
            for label, rows in self.rows.items():
                for row in rows:
                    self._poison(label, row)

    def _poison(self, label: str, row: models.Model) -> None:
        for field in row._meta.concrete_fields:
            if not self._is_text(field):
                continue
            value = SCRIPT[: field.max_length] if field.max_length else SCRIPT
            try:
                with transaction.atomic():
                    type(row)._base_manager.filter(pk=row.pk).update(**{field.attname: value})
                self.poisoned.add(f"{label}.{field.name}")
            except Exception:
                continue

    @staticmethod
    def _is_text(field: models.Field) -> bool:
        is_text = isinstance(field, (models.CharField, models.TextField))
        # Ids have a form that every action checks; no text that anybody sends stands there.
        is_id = field.primary_key or field.is_relation or field.name.endswith("_id")
        return is_text and not (field.choices or is_id)


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        made = Poisoned("mimosas")
        made.poison()
        made.root = factories.user("root@example.org", is_superuser=True)
        tenancy.set_for_transaction([])
        yield made
        transaction.set_rollback(True)


def test_the_script_stands_nearly_everywhere(world):
    assert len(world.poisoned) > 100


@pytest.mark.parametrize("name", READERS)
def test_a_page_shows_it_as_text(world, name):
    page = tables.PAGES[name]
    asker = by_login(world.root)
    for tab in page.tabs or (None,):
        query = page.query(world) | ({"tab": tab} if tab else {})
        answer = asker.page(tables.page_url(name, world), query)
        assert answer.status_code < 500, answer.text_read[-400:]
        assert not LIVE.search(answer.text_read), LIVE.search(answer.text_read)


@pytest.mark.parametrize("label", ADMINS)
def test_the_admin_shows_it_as_text(world, label):
    asker = by_login(world.root)
    urls = [admin_url(label, "changelist")]
    urls += [admin_url(label, "change", row.pk) for row in world.rows.get(label, ())[:2]]
    for url in urls:
        answer = asker.page(url)
        assert answer.status_code < 500
        assert not LIVE.search(answer.text_read), LIVE.search(answer.text_read)


@pytest.mark.parametrize("name", [name for name in READERS if not PAGES[name]])
def test_a_file_for_a_spreadsheet_holds_no_formula(world, name):
    answer = by_login(world.root).page(reverse(name), {"format": "csv"})
    if not answer.get("Content-Type", "").startswith("text/csv"):
        return  # a page without such a file
    for row in csv.reader(io.StringIO(answer.text_read.removeprefix("\ufeff"))):
        for cell in row:
            assert not re.match(r"\s*[=+@\t\r]|\s*-[^\d\s]", cell), cell
