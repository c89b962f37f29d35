"""A project's administrator sees and touches nothing of another project in the administration."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.urls import reverse

from tests.walks import addresses, tables
from tests.walks.asking import (
    Asker,
    admin_url,
    by_login,
    changed,
    comparable,
    fingerprint,
    leaks,
    undone,
)
from tests.walks.world import twin

pytestmark = pytest.mark.django_db
KNOWN = tables.walked(tables.ADMINS, addresses.admins())
LABELS = [label for label in KNOWN if tables.ADMINS[label].view != tables.SUPERUSER]


@pytest.fixture
def asker(mine) -> Asker:
    """An administrator of my project, who may enter the administration."""
    account = mine.people["project_admin"]
    account.is_staff = True
    account.save()
    return by_login(account)


@pytest.mark.parametrize("label", LABELS)
def test_a_list_shows_nothing_of_it(asker, mine, theirs, label):
    url, key = admin_url(label, "changelist"), _key(theirs, label)
    for query in ({}, {"q": key}, {"q": theirs.mark}, {"project_id": theirs.project_id}):
        answer = asker.page(url, query)
        assert answer.status_code in (200, 302, 400)
        assert leaks(theirs, answer.text_read, query.values()) == [], query
    if label != "awooop.project":
        assert leaks(mine, asker.page(url, {"q": _found_by(mine, label)}).text_read)


def _key(world, label):
    return world.project_id if label == "awooop.project" else world.one(label).pk


def _found_by(world, label):
    """Answer a search that shows a row of a model in its list; '' where the list is not empty."""
    admin = addresses.admins()[label]
    if not getattr(admin, "search_only", False):
        return ""
    return getattr(world.one(label), admin.exact_search[0])


@pytest.mark.parametrize("label", LABELS)
def test_a_row_of_it_is_as_unknown_as_any(asker, theirs, label):
    key, before = _key(theirs, label), fingerprint(theirs.project_id)
    views = [("change",), ("history",), ("delete",)]
    views += [("act", act) for act in tables.ADMINS[label].acts]
    for view, *more in views:
        for form in (None, {"post": "yes", "apply": "1", "reason": "x", "minutes": "9"}):
            answers = []
            for pk in (key, twin(key)):
                url = admin_url(label, view, pk, *more)
                with undone():
                    answer = asker.page(url) if form is None else asker.submit(url, form)
                    assert changed(before, fingerprint(theirs.project_id)) == []
                text = answer.text_read + answer.get("Location", "")
                assert leaks(theirs, text, [pk]) == []
                answers.append((answer.status_code, comparable(text, [key, twin(key)])))
            assert answers[0] == answers[1], (view, form)
            assert answers[0][0] in (302, 403, 404)


@pytest.mark.parametrize("label", LABELS)
def test_a_lists_actions_do_not_reach_it(asker, theirs, label):
    before = fingerprint(theirs.project_id)
    for action in ("delete_selected", *tables.ADMINS[label].acts):
        form = {"action": action, "_selected_action": _key(theirs, label), "post": "yes",
                "apply": "1", "reason": "x", "minutes": "9", "index": "0"}  # fmt: skip
        with undone():
            answer = asker.submit(admin_url(label, "changelist"), form)
            assert changed(before, fingerprint(theirs.project_id)) == []
        assert leaks(theirs, answer.text_read, [_key(theirs, label)]) == []


def test_completing_a_name_tells_nothing_of_it(asker, theirs):
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if not field.is_relation:
                continue
            query = {"app_label": model._meta.app_label, "model_name": model._meta.model_name,
                     "field_name": field.name, "term": theirs.mark}  # fmt: skip
            answer = asker.page(reverse("admin:autocomplete"), query)
            assert answer.status_code in (200, 403, 404), query
            assert leaks(theirs, answer.text_read) == [], query


def test_the_way_to_a_rows_page_tells_nothing_of_it(asker, theirs):
    for label, key in theirs.idents().items():
        kind = ContentType.objects.get_for_model(apps.get_model(label)).pk
        texts = [
            comparable(
                asker.page(reverse("admin:view_on_site", args=[kind, pk])).text_read,
                [key, twin(key)],
            )
            for pk in (key, twin(key))
        ]
        assert texts[0] == texts[1], label


def test_the_first_page_tells_nothing_of_it(asker, theirs):
    for url in (reverse("admin:index"), reverse("admin:app_list", args=["runs"])):
        assert leaks(theirs, asker.page(url).text_read) == []
