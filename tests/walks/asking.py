"""Ask an address as somebody, without a trace, and compare what was answered."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from django.apps import apps
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from awooop import tenancy
from tests.walks.addresses import API, has_project
from tests.walks.world import World

_CHANGING = re.compile(
    r"\b[0-9a-f]{32}\b|\b[A-Za-z0-9]{64}\b|next=[^\"'&\s]+|\"generated_at\":\"[^\"]*\""
)


@dataclass
class Asker:
    """Somebody: a signed-in person, a key, or nobody."""

    client: Client
    headers: dict[str, str]

    def api(self, method: str, path: str, body: Any = None, query: Any = None) -> Any:
        """Ask the API; a body may be bytes, which are sent as they are."""
        data = b"" if method == "GET" else body if isinstance(body, bytes) else json.dumps(body)
        return self._ask(method, API + path, query, data, "application/json")

    def page(self, url: str, query: Any = None) -> Any:
        """Open a page."""
        return self._ask("GET", url, query, b"", "")

    def submit(self, url: str, form: dict[str, Any], query: Any = None) -> Any:
        """Submit a form."""
        data = urlencode(form, doseq=True)
        return self._ask("POST", url, query, data, "application/x-www-form-urlencoded")

    def _ask(self, method: str, url: str, query: Any, data: Any, content_type: str) -> Any:
        address = f"{url}?{urlencode(query, doseq=True)}" if query else url
        answer = self.client.generic(method, address, data, content_type, headers=self.headers)
        answer.text_read = text_of(answer)
        return answer


def by_key(key: str | None) -> Asker:
    """Answer somebody with a key (None: nobody)."""
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    return Asker(Client(raise_request_exception=False), headers)


def by_login(account: Any) -> Asker:
    """Answer a person who has signed in (None: nobody)."""
    client = Client(raise_request_exception=False)
    if account is not None:
        client.force_login(account)
    return Asker(client, {})


@contextmanager
def undone() -> Iterator[None]:
    """Undo what the block writes."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def text_of(answer: Any) -> str:
    """Answer a body as text, that of a file to be saved, too."""
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return body.decode("utf-8", "replace")


def comparable(text: str, asked: Iterable[Any] = ()) -> str:
    """Answer a text without what differs each time, and without the values that were asked for."""
    for value in sorted({str(one) for one in asked}, key=len, reverse=True):
        for form in {value, html.escape(value), quote(value), quote(value, safe="")}:
            # A short one is a number: only where it stands alone.
            whole = rf"(?<![\w-]){re.escape(form)}(?!\w)" if len(form) < 6 else re.escape(form)
            text = re.sub(whole, "·", text)
    return _CHANGING.sub("·", text)


def leaks(world: World, text: str, asked: Iterable[Any] = ()) -> list[str]:
    """Answer what of a project a text shows, beyond what was asked for."""
    rest = comparable(text, asked).lower()
    known = [world.mark, *map(str, world.idents().values())]
    return [
        value for value in known if len(value) > 6 and value.lower() in rest
    ]  # short: a number, which may stand for anything


def fingerprint(project_id: str) -> dict[str, str]:
    """Answer what stands in each table of a project, to see that nothing was changed."""
    # When a key last wrote is noted on the key itself.
    models = [m for m in apps.get_models() if has_project(m) and m._meta.model_name != "apikey"]
    parts = [
        f"select '{model._meta.label_lower}', count(*) || ' ' ||"
        f" coalesce(md5(string_agg(t::text, ' ' order by t::text)), '')"
        f' from "{model._meta.db_table}" t'
        for model in models
    ]
    with tenancy.scope([project_id]), connection.cursor() as cursor:
        cursor.execute(" union all ".join(parts))
        return dict(cursor.fetchall())


def changed(before: dict[str, str], after: dict[str, str]) -> list[str]:
    """Answer the tables that differ."""
    return [label for label in before if before[label] != after[label]]


def admin_url(label: str, view: str, *args: Any) -> str:
    """Answer the address of a model's admin page."""
    return reverse(f"admin:{label.replace('.', '_')}_{view}", args=args)
