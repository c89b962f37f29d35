"""A person's own page: preferences, projects, and the Telegram account."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from awooop import clock
from awooop.actions import telegram_accounts
from awooop.models import AuditRecord, TelegramAccount, TelegramLinkCode
from tests import factories

NORA = 160_000_001


@pytest.fixture
def account(operator) -> TelegramAccount:
    """The operator's linked Telegram account."""
    return TelegramAccount.objects.create(
        user=operator, telegram_user_id=NORA, telegram_name="@nora"
    )


def text_of(page, method: str = "get", path: str = "/profile", **form: str) -> str:
    """The page's text."""
    answer = getattr(page, method)(path, form)
    assert answer.status_code == 200
    return answer.content.decode()


def test_it_shows_who_one_is_and_one_s_roles(page, operator):
    text = text_of(page)
    assert operator.email in text
    assert re.search(r'class="mono">awoooi</td>.*?>operator</td>', text, re.DOTALL)
    assert "not linked" in text


def test_the_menu_leads_to_it(page):
    assert 'href="/profile"' in page.get("/").content.decode()


def test_preferences_are_kept_and_used(page, operator):
    answer = page.post("/profile", {"language": "zh-hant", "time_zone": "Europe/Berlin"})
    assert (answer.status_code, answer["Location"]) == (302, "/profile")
    operator.refresh_from_db()
    assert (operator.language, operator.time_zone) == ("zh-hant", "Europe/Berlin")
    assert '<html lang="zh-hant"' in text_of(page)


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"language": "en", "time_zone": "Mars/Olympus"}, "time_zone"),
        ({"language": "tlh", "time_zone": "UTC"}, "language"),
        ({"language": "en"}, "time_zone"),
    ],
)
def test_a_wrong_preference_is_told_at_its_field(page, operator, form, field):
    answer = page.post("/profile", form)
    assert answer.status_code == 422
    assert f'id="id_{field}_error"' in answer.content.decode()
    operator.refresh_from_db()
    assert operator.time_zone == "Asia/Taipei"


def test_nobody_changes_anything_else_of_an_account_by_it(page, operator):
    page.post("/profile", {"language": "en", "time_zone": "UTC", "is_superuser": "on"})
    operator.refresh_from_db()
    assert operator.is_superuser is False


def test_a_code_is_shown_once_and_may_be_kept_by_nobody(page, operator):
    answer = page.post("/profile/telegram/code")
    code = re.search(r"/start ([A-Z0-9]{10})", answer.content.decode())[1]
    assert "no-store" in answer["Cache-Control"]
    assert code not in text_of(page)
    assert telegram_accounts.link(code=code, telegram_user_id=NORA).user == operator


def test_a_code_ends_in_a_quarter_of_an_hour(page):
    at = clock.now()
    with clock.set_to(at):
        page.post("/profile/telegram/code")
    assert TelegramLinkCode.objects.get().expires_at == at + timedelta(minutes=15)


def test_a_linked_account_is_shown_and_unlinked(page, operator, account):
    text = text_of(page)
    assert "@nora" in text
    assert str(NORA) in text
    assert page.post("/profile/telegram/unlink").status_code == 302
    assert not TelegramAccount.objects.exists()
    record = AuditRecord.objects.get(action="account.telegram.unlink")
    assert (record.actor, record.resource_id) == (operator.email, str(NORA))


def test_unlinking_nothing_is_told(page):
    answer = page.post("/profile/telegram/unlink", follow=True)
    assert "There is no linked Telegram account." in answer.content.decode()


def test_each_sees_and_unlinks_their_own_only(account):
    other = factories.user("other@example.org", awoooi="project_admin")
    client = Client()
    client.force_login(other)
    assert str(NORA) not in text_of(client)
    client.post("/profile/telegram/unlink")
    assert TelegramAccount.objects.exists()


def test_it_demands_a_login(project):
    for path in ("/profile", "/profile/telegram/code", "/profile/telegram/unlink"):
        for method in ("get", "post"):
            answer = getattr(Client(), method)(path)
            assert (answer.status_code, "/login" in answer["Location"]) == (302, True)


def test_looking_makes_no_code_and_links_nothing(page):
    for path in ("/profile/telegram/code", "/profile/telegram/unlink"):
        assert page.get(path).status_code == 405
    assert not TelegramLinkCode.objects.exists()


def test_who_has_no_project_has_a_page(project):
    client = Client()
    client.force_login(factories.user("nobody@example.org"))
    assert "No projects" in text_of(client)


def test_an_administrator_unlinks_the_account_of_another(project, account):
    client = Client()
    client.force_login(factories.user("root@example.org", is_superuser=True))
    path = reverse("admin:awooop_telegramaccount_act", args=[account.pk, "unlink"])
    assert client.post(path, {"apply": "1"}).status_code == 302
    assert not TelegramAccount.objects.exists()
    assert AuditRecord.objects.get(action="account.telegram.unlink").actor == "root@example.org"


def test_no_page_of_the_administration_shows_a_code_s_hash(project, operator):
    telegram_accounts.make_code(by=factories.caller_of_user(operator))
    code = TelegramLinkCode.objects.get()
    client = Client()
    client.force_login(factories.user("root@example.org", is_superuser=True))
    answer = client.get(f"/admin/awooop/telegramlinkcode/{code.pk}/change/")
    assert answer.status_code == 200
    assert code.hash not in answer.content.decode()
