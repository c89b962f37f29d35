"""Requests that a browser was tricked into, or that no browser would send."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from awooop.models import User
from tests import factories
from tests.walks import addresses, tables
from tests.walks.asking import by_key, changed, fingerprint, undone

pytestmark = pytest.mark.django_db
PAGES = addresses.pages()
ACTING = [
    name
    for name in tables.walked(tables.PAGES, PAGES)
    if tables.PAGES[name].act not in (None, tables.OPEN)
]
BODIES = [name for name, one in addresses.operations().items() if addresses.body_schema(one)[0]]


@pytest.mark.parametrize("name", [*ACTING, "login", "logout"])
def test_a_form_of_another_site_is_refused(mine, name):
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    client.force_login(mine.people["project_admin"])
    page = tables.PAGES.get(name)
    url = tables.page_url(name, mine) if page and PAGES[name] else reverse(name)
    before = fingerprint(mine.project_id)
    with undone():
        answer = client.post(url, page.form_in(mine) if page else {})
        assert changed(before, fingerprint(mine.project_id)) == []
    assert answer.status_code == 403


@pytest.mark.parametrize("name", ACTING)
def test_a_link_changes_nothing(mine, name):
    client = Client(raise_request_exception=False)
    client.force_login(mine.people["project_admin"])
    before = fingerprint(mine.project_id)
    answer = client.get(tables.page_url(name, mine), tables.PAGES[name].form_in(mine))
    assert answer.status_code < 500
    assert changed(before, fingerprint(mine.project_id)) == []


@pytest.mark.parametrize("name", BODIES)
def test_a_body_with_a_field_too_many_is_refused(name):
    schema, _ = addresses.body_schema(addresses.operations()[name])
    assert schema["additionalProperties"] is False


@pytest.mark.parametrize("name", ACTING)
def test_no_form_makes_its_sender_more_than_they_are(mine, name):
    person = mine.people["project_admin"]
    client = Client(raise_request_exception=False)
    client.force_login(person)
    more = {"is_superuser": "on", "is_staff": "on", "email": "root@evil.example", "id": "1",
            "password": "x", "is_active": "", "user_permissions": "1"}  # fmt: skip
    with undone():
        client.post(tables.page_url(name, mine), {**tables.PAGES[name].form_in(mine), **more})
        after = User.objects.get(pk=person.pk)
        assert (after.is_superuser, after.email) == (person.is_superuser, person.email)
        if name == "profile-password":  # it takes another one, typed twice beside the present one
            assert after.check_password("another long password")
        else:
            assert after.password == person.password


@pytest.mark.parametrize(
    "given", ["a\r\nSet-Cookie: x=1", "x" * 500, "<script>", "ok\x00", "日本", "../../x"]
)
def test_a_request_id_of_somebody_else_injects_nothing(client, db, given):
    answer = client.get("/healthz", headers={"X-Request-Id": given})
    assert answer["X-Request-Id"] != given
    assert answer["X-Request-Id"].isalnum()


def test_a_foreign_host_is_refused(client, db):
    assert client.get("/login", headers={"Host": "evil.example"}).status_code == 400


def test_a_forwarded_host_is_not_believed(client, db):
    answer = client.get("/", headers={"X-Forwarded-Host": "evil.example"})
    assert "evil.example" not in answer.get("Location", "")


def test_a_method_is_not_overridden(mine):
    asker = by_key(mine.key)
    asker.headers["X-HTTP-Method-Override"] = "DELETE"
    assert asker.api("GET", "/platform/runs").status_code == 200


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE", "CONNECT", "BREW"])
def test_a_method_that_a_page_does_not_have_changes_nothing(mine, method):
    client = Client(raise_request_exception=False)
    client.force_login(mine.people["project_admin"])
    before = fingerprint(mine.project_id)
    for name in ACTING:
        assert 400 <= client.generic(method, tables.page_url(name, mine)).status_code < 500
    assert changed(before, fingerprint(mine.project_id)) == []


def test_a_session_of_a_deactivated_person_is_over(db):
    factories.project("awoooi")
    person = factories.user(awoooi="operator")
    client = Client()
    client.force_login(person)
    User.objects.filter(pk=person.pk).update(is_active=False)
    assert client.get("/awooop/runs").status_code == 302
