"""Tags of governance's pages."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.translation import gettext as _

from awooop.callers import Caller
from awooop.permissions import can
from awooop.templatetags import ui
from governance import stepper, wording
from governance.actions import dispatches
from governance.actions import drift as settling
from governance.actions.drift_reports import SETTLED
from governance.actions.events import NOTE_MOST
from governance.models import Dispatch, GovernanceEvent

_IDENT = re.compile(r"[0-9a-f-]{36}|[0-9a-f]{64}")
register = template.Library()
register.filter("word", wording.word)
register.filter("told", wording.told)
register.filter("verb_word", wording.word)


@register.filter
def subject_word(subject: str) -> str:
    """Answer what an event is about where that is a name; an id or a digest tells nobody
    anything."""
    return "" if _IDENT.fullmatch(subject) else wording.word(subject)


@register.filter
def steps(dispatch: Dispatch) -> list[dict[str, Any]]:
    """Answer a dispatch's steps for the status chain."""
    return stepper.steps(dispatch)


@register.simple_tag
def verbs(caller: Caller | None, dispatch: Dispatch) -> list[str]:
    """Answer what the reader may do with a dispatch now: role and path allow it."""
    if not dispatches.may_move(caller, dispatch):
        return []
    return [verb for verb in dispatches.ACTS if dispatches.allows(dispatch, verb)]


@register.simple_tag
def may_resolve(caller: Caller | None, event: GovernanceEvent) -> bool:
    """Whether the reader may resolve an event now."""
    return not event.resolved and can(caller, "governance.act", event.project_id)


@register.filter
def is_settled(drift: Mapping[str, Any]) -> bool:
    """Whether nothing is left to be done about a drift."""
    return drift["state"] in SETTLED


@register.simple_tag
def drift_verbs(caller: Caller | None, drift: Mapping[str, Any]) -> list[str]:
    """Answer what the reader may do with a drift now."""
    if is_settled(drift) or not can(caller, "governance.act", drift["project_id"]):
        return []
    return [verb for verb, what in settling.VERBS.items() if what.state != drift["state"]]


@register.simple_tag
def note_most() -> int:
    """Answer how long a note may be."""
    return NOTE_MOST


_VERB_ICONS = {
    "start": "run",
    "complete": "check",
    "fail": "cross",
    "skip": "skip",
    "cancel": "block",
    "handoff": "user",
    "adopt": "pencil",
    "resolve": "check",
}


@register.filter
def verb_icon(verb: str) -> str:
    """Answer a verb's icon."""
    return _VERB_ICONS.get(verb, "dot")


@register.filter
def pretty(value: Any) -> str:
    """Answer a JSON value as indented text."""
    return json.dumps(value, indent=2, ensure_ascii=False, sort_keys=True, default=str)


@register.simple_tag
def slo_value(card: Mapping[str, Any], value: float | None) -> str:
    """Say a number of an SLO as its kind asks: a share, seconds, a count."""
    if value is None:
        return ui.DASH
    if card["is_ratio"]:
        return ui.percent(value)
    number = ui.number(f"{value:.6g}")
    return f"{number} s" if card["is_seconds"] else number


@register.simple_tag
def slo_gap(card: Mapping[str, Any]) -> str:
    """Say how far an SLO is from the red line that it broke, or from its target."""
    if card["is_ratio"]:
        points = ui.number(f"{card['gap'] * 100:.4g}")
        return _("%(points)s percentage points") % {"points": points}
    return slo_value(card, card["gap"])


@register.simple_tag
def slo_label(card: Mapping[str, Any]) -> str:
    """Say in words what an SLO's line shows."""
    values = {
        "name": wording.word(card["name"]),
        "value": slo_value(card, card["value"]) if card["value"] is not None else _("no data"),
        "n": card["points"],
    }
    return _("%(name)s: %(value)s now, %(n)d samples") % values
