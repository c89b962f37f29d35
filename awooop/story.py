"""What happened, drawn in Python: a timeline, a status chain, and the facts behind an item.

Each has many pieces, of which the template engine would look up every name; see
`awooop.decision_box`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.template.defaultfilters import date as formatted
from django.utils import formats, timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from awooop.markup import format_html
from awooop.templatetags import ui

NOTHING = SafeString("")
EVIDENCE_NAMED = 3
_MARKS = {
    "done": "check",
    "waiting": "hand",
    "blocked": "block",
    "gap": "alert",
    "current": "progress",
    "not_needed": "minus",
}


def timeline(items: Iterable[Mapping[str, Any]]) -> SafeString:
    """Draw a timeline: `[{ts, kind, title, status, summary, metadata}]`, a line before each day."""
    parts: list[str] = []
    day: date | None = None
    details = _("Details")
    for item in items:
        at = timezone.localtime(item["ts"])
        if at.date() != day:
            day = at.date()
            parts.append(_day(at))
        parts.append(_item(item, details))
    return SafeString(f'<ol class="timeline">{"".join(parts)}</ol>')


def chain(stages: Iterable[Mapping[str, Any]]) -> SafeString:
    """Draw a status chain, a word for each stage, never colour alone: `[{stage or label, status,
    status_label, at, why, evidence, next_step}]`."""
    return SafeString(f'<ol class="chain">{"".join([_stage(stage) for stage in stages])}</ol>')


def metadata(data: object) -> SafeString:
    """Draw names and values, without those that are empty; nothing of what has no names."""
    pairs = data.items() if isinstance(data, Mapping) else ()
    rows = [
        format_html('<dt>{}</dt><dd class="mono pre-wrap">{}</dd>', name, _said(value))
        for name, value in pairs
        if value is not None and value != ""
    ]
    return SafeString(f'<dl class="dl">{"".join(rows)}</dl>')


def _day(at: datetime) -> SafeString:
    said = formatted(at, pgettext("date format", "l, j F Y"))
    return format_html('<li class="timeline-day">{}</li>', said)


def _item(item: Mapping[str, Any], details: str) -> SafeString:
    status = item.get("status")
    tone = ui.tone(status)
    return format_html(
        '<li class="timeline-item{}"><span class="timeline-time">{}</span>'
        '<span class="timeline-icon">{}</span><div class="timeline-body">'
        '<div class="timeline-title"><strong>{}</strong>{}</div>{}</div></li>',
        f" timeline-item-{tone}" if tone else "",
        ui.moment(item["ts"], "time"),
        ui.icon(ui.kind_icon(item["kind"]), label=item["kind"]),
        item["title"],
        ui.status(status) if status else NOTHING,
        _told(item.get("summary"), item.get("metadata"), details),
    )


def _told(summary: object, facts: Mapping[str, Any] | None, details: str) -> SafeString:
    if facts:
        folded = "<details><summary>{}</summary>{}</details>"
        return format_html(folded, summary or details, metadata(facts))
    return format_html('<p class="timeline-summary">{}</p>', summary) if summary else NOTHING


def _said(value: Any) -> object:
    """Answer a value as a template shows it: a moment in the reader's zone, a number as written
    there."""
    if isinstance(value, str):
        return value
    return formats.localize(timezone.template_localtime(value))


def _stage(stage: Mapping[str, Any]) -> SafeString:
    get, status = stage.get, stage["status"]
    word, at, next_step = get("status_label"), get("at"), get("next_step")
    return format_html(
        '<li class="chain-{}"><span class="chain-mark">{}</span>'
        '<span class="chain-stage">{}</span><span class="chain-status">{}{}</span>{}{}{}</li>',
        status,
        ui.icon(_MARKS.get(status, "dashed")),
        get("label") or get("stage") or "",
        word or ui.status_word(status),
        format_html(" · {}", ui.ago(at)) if at else NOTHING,
        _line("why", get("why")),
        _line("next", next_step if status != "done" else ""),
        SafeString("".join([_proof(one) for one in (get("evidence") or ())[:EVIDENCE_NAMED]])),
    )


def _line(name: str, text: object) -> SafeString:
    if not text:
        return NOTHING
    return format_html('<span class="chain-status chain-{}">{}</span>', name, text)


def _proof(proof: Mapping[str, Any]) -> SafeString:
    if not proof.get("href"):
        return NOTHING
    return format_html(
        '<a class="chain-status truncate" href="{}" title="{}">{}</a>',
        proof["href"],
        proof["id"],
        proof.get("label") or proof["id"],
    )
