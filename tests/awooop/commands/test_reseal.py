from __future__ import annotations

import json

import pytest
from django.core.management import call_command

from awooop import sealing, second_factors
from awooop.actions import webhooks
from awooop.models import AuthenticatorApp, WebhookSubscription
from awooop.webhooks import delivery
from tests.awooop.webhooks.conftest import BY

NEW, OLD = "n" * 40, "o" * 40
KINDS = ["incident.opened"]


@pytest.fixture
def kept(operator, settings):
    """An app's secret and a webhook's two, from when SECRET_KEY was another; it has changed."""
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = OLD, []
    sealed = sealing.seal(second_factors.PURPOSE, "JBSWY3DPEHPK3PXP")
    app = AuthenticatorApp.objects.create(user=operator, sealed_secret=sealed)
    hook, _secret = webhooks.create(
        by=BY, project_id="awoooi", name="pager", url="https://pager.example.org/", wanted=KINDS
    )
    hook, _secret = webhooks.rotate_secret(by=BY, subscription_id=hook.pk)
    before = delivery.signing_secrets(hook)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = NEW, [OLD]
    return app, hook, before


def run(capsys, expected: int = 0) -> dict:
    code = 0
    try:
        call_command("reseal", "--json")
    except SystemExit as ended:
        code = ended.code
    assert code == expected
    return json.loads(capsys.readouterr().out)


def test_what_was_kept_under_the_old_key_outlives_it(kept, settings, capsys):
    app, hook, before = kept
    said = run(capsys)
    assert said["authenticator_apps"] == {"current": 0, "resealed": 1, "unreadable": 0}
    assert said["webhooks"] == {"current": 0, "resealed": 2, "unreadable": 0}
    settings.SECRET_KEY_FALLBACKS = []
    app.refresh_from_db()
    assert second_factors.secret_of(app) == "JBSWY3DPEHPK3PXP"
    assert delivery.signing_secrets(WebhookSubscription.objects.get(pk=hook.pk)) == before


def test_a_second_time_there_is_nothing_to_do(kept, capsys):
    run(capsys)
    said = run(capsys)
    assert said["authenticator_apps"] == {"current": 1, "resealed": 0, "unreadable": 0}
    assert said["webhooks"] == {"current": 2, "resealed": 0, "unreadable": 0}


def test_what_no_known_key_reads_is_told_and_left(kept, settings, capsys):
    app, _hook, _before = kept
    settings.SECRET_KEY_FALLBACKS = []
    said = run(capsys, expected=1)
    assert said["authenticator_apps"] == {"current": 0, "resealed": 0, "unreadable": 1}
    settings.SECRET_KEY_FALLBACKS = [OLD]
    app.refresh_from_db()
    assert second_factors.secret_of(app) == "JBSWY3DPEHPK3PXP"
