"""Tags and filters of the console's design language (docs/design.md shows each in use)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from django import template
from django.contrib.messages.storage.base import Message
from django.utils import formats, timezone
from django.utils.html import conditional_escape, escape, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from awooop import clock, objects, paging, ui_icons, ui_status, ui_time, undo
from awooop.languages import retold
from awooop.markup import format_html
from awooop.templatetags import often

register = template.Library()
register.tags |= {name: often.register.tags[name] for name in ("translate", "trans")}

DASH = "–"


# icons and badges


@register.simple_tag
def icon(name: str, label: str = "", css: str = "") -> SafeString:
    """Draw an icon; with a label it speaks to a screen reader, without one it is decoration."""
    return _drawn(str(name), str(label), str(css))


@lru_cache(maxsize=1_000)
def _drawn(name: str, label: str, css: str) -> SafeString:
    speaks = format_html('role="img" aria-label="{}"', label) if label else 'aria-hidden="true"'
    return format_html(
        '<svg class="icon{}" viewBox="0 0 24 24" {}>{}</svg>',
        f" {css}" if css else "",
        mark_safe(speaks),  # noqa: S308 - built by format_html above
        mark_safe(ui_icons.paths(name)),  # noqa: S308 - our own constant markup
    )


def _badge(look: ui_status.Look, label: object, title: object) -> SafeString:
    hover = format_html(' title="{}"', title) if title else ""
    said = conditional_escape(label or look.label)
    return SafeString(f"{_opened(look.tone, look.icon, hover)}{said}</span>")


@lru_cache(maxsize=1_000)
def _opened(tone: str, icon_name: str, hover: str) -> str:
    live = " badge-live" if icon_name == "progress" else ""
    return f'<span class="badge badge-{escape(tone)}{live}"{hover}>{icon(icon_name)}'


@register.simple_tag
def status(value: object, label: object = "", title: object = "") -> SafeString:
    """Show a status as shape, word and tone; None reads 'Unknown' and never looks like 'no'."""
    if not label and not title:
        return _plain_status("" if value is None else str(value), get_language())
    return _badge(ui_status.look_of(ui_status.STATUSES, value), label, title)


@lru_cache(maxsize=1_000)
def _plain_status(value: str, _language: str | None) -> SafeString:
    return _badge(ui_status.look_of(ui_status.STATUSES, value), "", "")


@register.simple_tag
def risk(level: object, title: object = "") -> SafeString:
    """Show a risk level (low, medium, high, critical)."""
    return _badge(ui_status.look_of(ui_status.RISKS, level), "", title)


@register.simple_tag
def severity(value: object, title: object = "") -> SafeString:
    """Show a severity of an event or incident."""
    return _badge(ui_status.look_of(ui_status.SEVERITIES, value), "", title)


@register.simple_tag
def badge(
    label: object, tone: str = "idle", icon_name: str = "dot", title: object = ""
) -> SafeString:
    """Show a badge of any word, for what is not a status of the contract."""
    return _badge(ui_status.Look(tone, icon_name, str(label)), label, title)


@register.simple_tag
def tri(value: bool | None) -> SafeString:
    """Show true, false and unknown as three different answers."""
    if value is None:
        return _badge(ui_status.look_of(ui_status.STATUSES, None), "", "")
    return badge(_("Yes"), "ok", "check") if value else badge(_("No"), "idle", "minus")


@register.filter
def status_word(value: object) -> str:
    """Answer the translated word of a status, without its badge."""
    return str(ui_status.look_of(ui_status.STATUSES, value).label)


@register.filter
def undo_href(message: Message) -> str:
    """Answer what undoes that of which a message tells; '' where nothing does."""
    return undo.href_of(message)


@register.filter
def tone(value: object) -> str:
    """Answer the tone (ok, warn, bad, accent or '') of a status, for a class name."""
    return ui_status.soft_tone(value)


@register.filter
def kind_icon(kind: object) -> str:
    """Answer the icon's name for a kind of timeline item."""
    return ui_status.KIND_ICONS.get(str(kind), "dot")


@register.filter
def page_icon(href: object) -> str:
    """Answer the icon's name of a page of the navigation, by its path."""
    return ui_icons.PAGE_ICONS.get(str(href).split("?")[0].rstrip("/") or "/", "dot")


# time


@register.simple_tag
def ago(value: datetime | None) -> SafeString:
    """Show a moment relative to now, with the exact one of the reader's zone on hover."""
    if value is None:
        return SafeString(DASH)
    exact, words = escape(ui_time.exact(value)), escape(ui_time.relative(value))
    return SafeString(
        f'<time datetime="{value.isoformat()}" title="{exact}" data-ago>{words}</time>'
    )


@register.simple_tag
def moment(value: datetime | None, form: str = "full") -> SafeString:
    """Show the exact moment in the reader's zone: 'full' date and time, 'time' of day, 'date'."""
    if value is None:
        return SafeString(DASH)
    patterns = {"full": "%Y-%m-%d %H:%M:%S", "time": "%H:%M:%S", "date": "%Y-%m-%d"}
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        value.isoformat(),
        f"{ui_time.exact(value)} ({ui_time.relative(value)})",
        timezone.localtime(value).strftime(patterns[form]),
    )


@register.simple_tag
def time_left(expires_at: datetime | None) -> SafeString:
    """Show how long until `expires_at`, counting down where scripts run; None never expires."""
    if expires_at is None:
        return format_html('<span class="time-left muted">{}</span>', _("no expiry"))
    left = expires_at - clock.now()
    return format_html(
        '<time class="time-left{}" datetime="{}" title="{}" data-time-left="{}" data-over="{}">'
        "{}</time>",
        ui_time.urgency_class(left),
        expires_at.isoformat(),
        ui_time.exact(expires_at),
        _("{} left"),
        _("expired"),
        ui_time.left_words(left),
    )


@register.simple_tag
def countdown(requested_at: datetime, expires_at: datetime | None) -> SafeString:
    """Show time left as words and as a bar that empties from `requested_at` to `expires_at`."""
    if expires_at is None:
        return format_html('<div class="countdown">{}</div>', time_left(None))
    whole = max(1, int((expires_at - requested_at).total_seconds()))
    left = expires_at - clock.now()
    tone = ui_time.urgency_tone(left)
    return format_html(
        '<div class="countdown">{}<progress{} max="{}" value="{}" data-until="{}"'
        ' aria-hidden="true"></progress></div>',
        time_left(expires_at),
        format_html(' class="meter-{}"', tone) if tone else "",
        whole,
        min(whole, max(0, int(left.total_seconds()))),
        expires_at.isoformat(),
    )


@register.filter
def ms(value: float | None) -> str:
    """Say a length of milliseconds: '340 ms', '2.4 s', '3 min'."""
    if value is None:
        return DASH
    if value < 1000:
        return _("%(n)d ms") % {"n": round(value)}
    if value < 60_000:
        return _("%(n)s s") % {"n": formats.number_format(round(value / 1000, 1), 1)}
    return ui_time.span(int(value / 1000))


# numbers


def _decimal(value: object) -> Decimal | None:
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


@register.filter
def money(value: object) -> str:
    """Say an amount of US dollars: two decimals, four under one dollar; unknown is a dash."""
    return DASH if value is None else _money(str(value), get_language())


@lru_cache(maxsize=5_000)
def _money(text: str, _language: str | None) -> str:
    amount = _decimal(text)
    if amount is None:
        return DASH
    places = 2 if abs(amount) >= 1 or amount == 0 else 4
    return f"${formats.number_format(amount, places, force_grouping=True)}"


@register.filter
def percent(value: object, places: int = 1) -> str:
    """Say a ratio (0..1) as a percentage; unknown is a dash, never 0 %."""
    ratio = None if value is None else _decimal(value)
    return DASH if ratio is None else f"{formats.number_format(ratio * 100, places)} %"


@register.filter
def number(value: object) -> str:
    """Say a whole or decimal number with its digits grouped; unknown is a dash."""
    return DASH if value is None else _number(str(value), get_language())


@lru_cache(maxsize=5_000)
def _number(text: str, _language: str | None) -> str:
    amount = _decimal(text)
    return DASH if amount is None else formats.number_format(amount, force_grouping=True)


@register.simple_tag
def total(count: int, is_exact: bool = True) -> str:
    """Say a total: '1,234', or '10,000+' where it was counted no further."""
    return f"{number(count)}{'' if is_exact else '+'}"


register.filter("retold", retold)


# ids, code, differences


def _shortened(text: str, chars: int) -> str:
    return text if not chars or len(text) <= chars else f"{text[: chars - 1]}…"


@register.simple_tag
def copyable(value: object, href: str = "", chars: int = 0) -> SafeString:
    """Show an id with a copy button; `chars` shortens what is shown, never what is copied."""
    if value is None or value == "":
        return SafeString(DASH)
    text = str(value)
    shown = _shortened(text, chars)
    inner = (
        format_html('<a href="{}" title="{}">{}</a>', href, text, shown)
        if href
        else format_html('<code title="{}">{}</code>', text, shown)
    )
    return format_html('<span class="copyable">{}{}</span>', inner, copy_button(text))


@register.simple_tag
def object_id(kind: str, ident: object) -> SafeString:
    """Show the id of a thing, leading to its page where its kind has one (`awooop.objects`)."""
    return copyable(ident, href=objects.href(kind, str(ident)))


@register.simple_tag
def copy_button(text: object) -> SafeString:
    """A button that copies `text`; it is shown only where scripts run."""
    return SafeString(_COPY_OPENS + conditional_escape(text) + _copy_closes(get_language()))


_COPY_OPENS = '<button type="button" class="copy needs-js" data-copy="'


@lru_cache(maxsize=10)
def _copy_closes(_language: str | None) -> SafeString:
    return format_html(
        '" data-copied="{}" aria-label="{}" title="{}">{}{}</button>',
        _("Copied"),
        _("Copy"),
        _("Copy"),
        icon("copy", css="icon-todo"),
        icon("check", css="icon-done"),
    )


@register.simple_tag
def code(text: object, label: str = "", copy: bool = True) -> SafeString:
    """Show preformatted text, scrollable by keyboard, with a copy button."""
    return format_html(
        '<div class="code-block">{}<pre class="code" tabindex="0" role="group" aria-label="{}">'
        "{}</pre></div>",
        copy_button(text) if copy else "",
        label or _("Code"),
        text,
    )


_DIFF_CLASSES = (("+++", "hunk"), ("---", "hunk"), ("@@", "hunk"), ("+", "add"), ("-", "del"))


def _diff_class(line: str) -> str:
    return next((css for start, css in _DIFF_CLASSES if line.startswith(start)), "same")


@register.simple_tag
def diff(lines: str | Iterable[str]) -> SafeString:
    """Show a unified diff (text or lines); the signs stay, so that colour is not alone."""
    rows = lines.splitlines() if isinstance(lines, str) else [row.rstrip("\n") for row in lines]
    body = format_html_join("", '<span class="{}">{}</span>', ((_diff_class(r), r) for r in rows))
    return format_html(
        '<div class="diff" tabindex="0" role="group" aria-label="{}">{}</div>', _("Changes"), body
    )


# addresses and lists


@register.simple_tag
def project_options(projects: Iterable[object], current: str = "") -> SafeString:
    """Offer projects (or their ids) in a choice, the current one chosen."""
    parts = []
    for each in projects:
        project_id = getattr(each, "project_id", None) or each
        chosen = SafeString(" selected" if project_id == current else "")
        words = getattr(each, "display_name", None) or project_id
        parts.append(format_html('<option value="{}"{}>{}</option>', project_id, chosen, words))
    return SafeString("".join(parts))


def _query(context: template.Context, changes: dict[str, object]) -> str:
    """Answer the page's query string with `changes` made; None or '' takes a key out."""
    params: dict[str, list[str]] = dict(context["request"].GET.lists())
    for key, value in changes.items():
        if value is None or value == "":
            params.pop(key, None)
        elif isinstance(value, (list, tuple)):
            params[key] = [str(item) for item in value]
        else:
            params[key] = [str(value)]
    listing = getattr(context["request"], "listing", None)
    if listing is not None and listing.has_default:
        params["view"] = ["all"]
    return f"?{urlencode(params, doseq=True)}"


@register.simple_tag(takes_context=True)
def url_with(context: template.Context, **changes: object) -> str:
    """Answer this page's address with query keys changed; paging keys are dropped unless named."""
    return _query(context, {"cursor": None, "page": None, **changes})


@register.inclusion_tag("components/pager.html", takes_context=True)
def pager(context: template.Context, page: paging.Page) -> dict[str, Any]:
    """Show newer/older links of a keyset-paged list, and how many there are ('10,000+')."""

    def at(cursor: str | None) -> str | None:
        return _query(context, {"cursor": cursor, "page": None}) if cursor else None

    moved = context["request"].GET.keys() & {"cursor", "page"}
    return {
        "first": _query(context, {"cursor": None, "page": None}) if moved else None,
        "newer": at(page.prev_cursor),
        "older": at(page.next_cursor),
        "total": page.total,
        "total_is_exact": page.total_is_exact,
        "shown": len(page.items),
    }


def _choice(form: Any, key: str, current: str) -> object:
    """Answer how a form's field says a value of it."""
    field = form.fields.get(key) if form is not None else None
    for value, label in getattr(field and field.widget, "choices", ()):
        if str(value) == current:
            return label
    return current


@register.simple_tag(takes_context=True)
def filter_chip(context: template.Context, key: str, label: object, value: object = None) -> str:
    """Show an active filter of the address as a chip that removes it; nothing where it is unset.

    Without a `value` it is said as the form's own choice says it, else as it is in the address.
    """
    current = context["request"].GET.get(key)
    if not current:
        return ""
    if value is None:
        value = _choice(context.get("form"), key, current)
    return format_html(
        '<li><a class="chip" href="{}" aria-label="{}">{}: <b>{}</b>{}</a></li>',
        _query(context, {key: None, "cursor": None, "page": None}),
        _("Remove the filter %(name)s") % {"name": label},
        label,
        value or current,
        icon("cross"),
    )
