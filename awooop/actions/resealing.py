"""Bring what is kept encrypted under the present SECRET_KEY, so that the old one can go."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from awooop import sealing, tenancy
from awooop.models import AuthenticatorApp, WebhookSubscription
from awooop.sealing import Box, NotSealedHere
from awooop.webhooks import secrets


@dataclass
class Count:
    """Of how many secrets: were under the present key, are now, and whose key is gone."""

    current: int = 0
    resealed: int = 0
    unreadable: int = 0


def reseal() -> dict[str, Count]:
    """Encrypt every kept secret anew that is under an earlier key (SECRET_KEY_FALLBACKS).

    Answers the counts of apps' secrets and of webhooks'. What cannot be read stays as it is. Each
    row is a transaction of its own: it may be killed and run again.
    """
    webhooks = Count()
    with tenancy.all_projects() as projects:
        keys = list(WebhookSubscription.objects.order_by("pk").values_list("pk", "project_id"))
    for pk, project_id in keys:
        if project_id in projects:
            with tenancy.scope([project_id]):
                _row(WebhookSubscription, pk, ("secret", "old_secret"), secrets.BOX, webhooks)
    apps = Count()
    for pk in AuthenticatorApp.objects.order_by("pk").values_list("pk", flat=True):
        _row(AuthenticatorApp, pk, ("sealed_secret",), sealing.BOX, apps)
    return {"authenticator_apps": apps, "webhooks": webhooks}


@transaction.atomic
def _row(model: Any, pk: Any, names: Iterable[str], box: Box, count: Count) -> None:
    row = model.objects.select_for_update().filter(pk=pk).first()
    if row is None:  # deleted meanwhile
        return
    changed = [name for name in names if getattr(row, name) and _field(row, name, box, count)]
    if changed:
        row.save(update_fields=changed)


def _field(row: Any, name: str, box: Box, count: Count) -> bool:
    try:
        anew = box.resealed(getattr(row, name))
    except NotSealedHere:
        count.unreadable += 1
        return False
    if anew is None:
        count.current += 1
        return False
    setattr(row, name, anew)
    count.resealed += 1
    return True
