"""The places of this room in the console's navigation."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from awooop import navigation
from awooop.callers import Caller
from awooop.together import Read
from runs.selectors import approvals, outbox


def register() -> None:
    """Register them; called once, when the app is ready."""
    navigation.add("home", _("Home"), 0)
    navigation.add("approvals", _("Approvals"), 10, count=_waiting)
    navigation.add("runs-list", _("Runs"), 20)
    navigation.add("incidents", _("Incidents"), 30)
    navigation.add("gateway", _("Gateway"), 45)
    navigation.add("channel-events", _("Channel events"), 50)
    navigation.add("callbacks", _("Callback replies"), 52)
    navigation.add_inner("approvals?tab=history", _("History"), _("Approvals"))
    navigation.add_inner("remediation-queue", _("Remediation queue"))
    navigation.add("outbox", _("Outbox"), 55, count=_undelivered)


def _waiting(caller: Caller) -> Read:
    return approvals.number_waiting(caller.projects)


def _undelivered(caller: Caller) -> Read:
    return outbox.number_undelivered(caller.projects)
