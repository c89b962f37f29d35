"""The places of this room in the console's navigation."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from awooop import navigation
from awooop.callers import Caller
from awooop.together import Read
from governance.selectors import events

# The tabs of the page, in their order.
TABS = {
    "events": _("Events"),
    "queue": _("Queue"),
    "summary": _("Summary"),
    "slo": _("SLOs"),
    "drift": _("Drift"),
    "checks": _("Self-checks"),
}


def register() -> None:
    """Register them; called once, when the app is ready."""
    navigation.add("governance", _("Governance"), 40, count=_pressing)
    navigation.add("insights", _("Insights"), 42)
    navigation.add("work-items", _("Work items"), 60)
    for tab, label in TABS.items():
        navigation.add_inner(f"governance?tab={tab}", label, _("Governance"))


def _pressing(caller: Caller) -> Read:
    return events.number_pressing(caller.projects)
