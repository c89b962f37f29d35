"""Who may do what: every address with every role and every scope, against the role table."""

from __future__ import annotations

from typing import Any

import pytest
from django.template.backends.django import Template

from awooop.models.api_key import ApiScope
from awooop.models.project import Role
from awooop.permissions import TABLE
from tests import factories
from tests.walks import addresses, tables
from tests.walks.asking import Asker, admin_url, by_key, by_login, changed, fingerprint, undone

pytestmark = pytest.mark.django_db
OPERATIONS = tables.walked(tables.OPERATIONS, addresses.operations())
BY_KEY = [name for name in OPERATIONS if tables.OPERATIONS[name].scope != tables.SECRET]
BY_SECRET = [name for name in OPERATIONS if name not in BY_KEY]
PAGES = tables.walked(tables.PAGES, addresses.pages())
ACTING = [name for name in PAGES if tables.PAGES[name].act]
ADMINS = tables.walked(tables.ADMINS, addresses.admins())
ROLES = [*Role.values, "superuser"]


@pytest.fixture(scope="module")
def keys(mine) -> dict[str, Asker]:
    """A key of each scope alone."""
    return {s: by_key(factories.api_key(mine.project_id, scopes=[s])) for s in ApiScope.values}


@pytest.fixture(scope="module")
def people(mine, root) -> dict[str, Any]:
    """An account of each role."""
    return {**mine.people, "superuser": root}


@pytest.fixture(scope="module")
def askers(people) -> dict[str, Asker]:
    """Somebody of each role, signed in."""
    return {role: by_login(account) for role, account in people.items()}


@pytest.fixture(scope="module")
def staff(mine, root) -> dict[str, Asker]:
    """Somebody of each role, who may also enter the administration."""
    made = {"superuser": by_login(root)}
    for role in Role.values:
        account = factories.user(f"staff-{role}@example.org", **{mine.project_id: role})
        account.is_staff = True
        account.save()
        made[role] = by_login(account)
    return made


@pytest.fixture
def unrendered(monkeypatch) -> None:
    """Answers without their text: who may is decided before, and all of it is drawn elsewhere."""
    monkeypatch.setattr(Template, "render", lambda self, context=None, request=None: "")


def _may(role: str, operation: str | None) -> bool:
    """Whether a role may, by the role table and its few words for what is beyond it."""
    if operation is None:
        return False
    if operation == tables.OPEN or role == "superuser":
        return True
    return operation in TABLE and role in TABLE[operation].roles


@pytest.mark.parametrize("name", BY_KEY)
def test_an_operation_asks_for_its_scope(mine, keys, name):
    operation, line = addresses.operations()[name], tables.OPERATIONS[name]
    before = fingerprint(mine.project_id)
    for scope, asker in keys.items():
        with undone():
            answer = asker.api(
                operation.method, tables.operation_path(name, mine), line.body_in(mine)
            )
            after = fingerprint(mine.project_id)
        if line.scope in (scope, tables.ANY_KEY):
            assert answer.status_code not in (401, 403), (scope, answer.text_read)
            continue
        assert answer.status_code == 403, (scope, answer.text_read)
        assert answer.json()["code"] == "scope_missing"
        assert set(changed(before, after)) <= {"awooop.auditrecord", "awooop.audithead"}


@pytest.mark.parametrize("name", BY_KEY)
def test_an_operation_takes_no_session_for_a_key(mine, askers, name):
    operation, line = addresses.operations()[name], tables.OPERATIONS[name]
    for asker in (by_key(None), askers["superuser"], by_key("awp_aaaaaaaa_" + "x" * 43)):
        with undone():
            answer = asker.api(
                operation.method, tables.operation_path(name, mine), line.body_in(mine)
            )
        assert answer.status_code == 401
        assert answer["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("name", BY_SECRET)
def test_an_operation_with_a_secret_of_its_own_takes_neither_key_nor_session(
    mine, keys, askers, name
):
    operation, line = addresses.operations()[name], tables.OPERATIONS[name]
    before = fingerprint(mine.project_id)
    for asker in (*keys.values(), by_key(None), askers["superuser"]):
        with undone():
            answer = asker.api(
                operation.method, tables.operation_path(name, mine), line.body_in(mine)
            )
            touched = changed(before, fingerprint(mine.project_id))
        assert answer.status_code == 403
        assert set(touched) <= {"awooop.auditrecord", "awooop.audithead"}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_for_who_may_look(mine, askers, name):
    page = tables.PAGES[name]
    if page.look is None or page.is_pulse:
        return
    url, seen = tables.page_url(name, mine), {}
    for role, asker in askers.items():
        answer = asker.page(url)
        # Who is not staff is sent away, as by the administration.
        seen[role] = answer.status_code == 200 or (
            answer.status_code == 302 and "/login" not in answer["Location"]
        )
    assert seen == {role: _may(role, page.look) for role in ROLES}


@pytest.mark.parametrize("name", ACTING)
def test_a_form_is_for_who_may_act(mine, people, name):
    page, url, done = tables.PAGES[name], tables.page_url(name, mine), {}
    before = fingerprint(mine.project_id)
    for role, account in people.items():
        with undone():
            # Signed in anew: one of the forms is the one to sign out.
            answer = by_login(account).submit(url, page.form_in(mine), page.query(mine))
            touched = changed(before, fingerprint(mine.project_id))
        done[role] = answer.status_code in (200, 204, 302)
        if not done[role]:
            assert answer.status_code == 403, (role, answer.text_read[-500:])
            assert set(touched) <= {"awooop.auditrecord", "awooop.audithead"}
    assert done == {role: _may(role, page.act) for role in ROLES}


@pytest.mark.parametrize("name", PAGES)
def test_nobody_is_sent_to_the_login(mine, name):
    page, url, nobody = tables.PAGES[name], tables.page_url(name, mine), by_login(None)
    answers = [nobody.page(url)]
    with undone():
        answers.append(nobody.submit(url, page.form_in(mine), page.query(mine)))
    for answer in answers:
        if name in tables.BEFORE_SIGN_IN:
            assert answer.status_code in (302, 405)
            assert answer.get("Location", "/login").startswith("/login")
        elif tables.OPEN in (page.look, page.act):
            assert answer.status_code in (200, 302, 405, 422, 503)
            assert "/login" not in answer.get("Location", "")
        else:
            assert answer.status_code == 302
            assert "/login" in answer["Location"]


def _may_in_admin(role: str, operation: str | None) -> bool:
    return operation is not None and (role == "superuser" or _may(role, operation))


@pytest.mark.parametrize("label", ADMINS)
def test_the_administration_is_for_who_may(mine, staff, unrendered, label):
    """Each page of a model, by each role: 403 where the table says no (a list nobody sees, too)."""
    line, wrong = tables.ADMINS[label], []
    for role, asker in staff.items():
        for url, operation in _admin_addresses(label, mine):
            status = asker.page(url).status_code
            # What one may not even see is unknown.
            refused = (403,) if _may_in_admin(role, line.view) else (403, 404)
            if status not in ((200,) if _may_in_admin(role, operation) else refused):
                wrong.append((role, url, operation, status))
    assert wrong == [], line


def _admin_addresses(label: str, world: Any) -> list[tuple[str, str | None]]:
    line, rows = tables.ADMINS[label], world.rows.get(label)
    found = [(admin_url(label, "changelist"), line.view), (admin_url(label, "add"), line.add)]
    if rows:
        key = rows[0].pk
        found += [
            (admin_url(label, "change", key), line.view),
            (admin_url(label, "delete", key), line.delete),
            *((admin_url(label, "act", key, act), who) for act, who in line.acts.items()),
        ]
    return found


@pytest.mark.parametrize("label", [one for one in ADMINS if tables.ADMINS[one].view == "read"])
def test_a_row_is_saved_only_by_who_may_change_it(mine, staff, unrendered, label):
    line, row = tables.ADMINS[label], mine.rows.get(label)
    if not row:
        return
    before = fingerprint(mine.project_id)
    for role, asker in staff.items():
        for view, operation in (("change", line.change), ("delete", line.delete)):
            if not _may_in_admin(role, operation):
                answer = asker.submit(admin_url(label, view, row[0].pk), {"post": "yes"})
                assert answer.status_code == 403, (role, view)
        if not _may_in_admin(role, line.add):
            assert asker.submit(admin_url(label, "add"), {}).status_code == 403, role
    assert changed(before, fingerprint(mine.project_id)) == []


@pytest.mark.parametrize("label", ADMINS)
def test_who_is_not_staff_stays_outside(mine, askers, label):
    url = admin_url(label, "changelist")
    for role in Role.values:
        answer = askers[role].page(url)
        assert answer.status_code in (302, 403)
        assert leadsout(answer), role


def leadsout(answer: Any) -> bool:
    """Whether an answer is a refusal, or the way to the login, which refuses who is signed in."""
    return answer.status_code == 403 or "/login" in answer["Location"]
