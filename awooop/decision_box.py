"""The decision box, drawn in Python: the inbox shows twenty of them, and the template engine would
look up hundreds of names for each.

Escaping is certain: every value goes through `format_html`, and what is joined was made by it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from types import SimpleNamespace
from typing import Any

from django.utils.html import conditional_escape
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from awooop.markup import format_html
from awooop.templatetags import ui

Item = Mapping[str, Any]
NOTHING = SafeString("")


def draw(decision: Item, csrf_token: object = "") -> SafeString:
    """Draw a decision box (docs/design.md says what `decision` has)."""
    said = _words(get_language())
    key = decision["key"]
    return format_html(
        '<article class="decision decision-{}" id="decision-{}" data-key-item tabindex="-1"'
        ' aria-labelledby="decision-{}-title">{}{}{}</article>',
        decision["risk_level"],
        key,
        key,
        _head(decision, said),
        _body(decision, said),
        _foot(decision, said, csrf_token),
    )


def facts(items: Iterable[Item]) -> SafeString:
    """Draw lines of facts: `[{label, text, status, href, note, links}]`."""
    return SafeString(f'<dl class="dl">{"".join([_fact(item) for item in items])}</dl>')


def _head(decision: Item, said: SimpleNamespace) -> SafeString:
    get, key, title = decision.get, decision["key"], decision["title"]
    if href := get("href"):
        title = format_html('<a class="row-link" data-open href="{}">{}</a>', href, title)
    return format_html(
        '<header class="decision-head"><div class="stack-sm"><div class="row">{}{}{}{}</div>'
        '<h2 id="decision-{}-title">{}</h2><div class="muted small">{} · {}</div></div>{}</header>',
        _choose(decision, said) if get("select") else NOTHING,
        ui.risk(decision["risk_level"]),
        _quorum(decision, said) if (get("required_approvals") or 1) > 1 else NOTHING,
        _incident(decision) if get("incident_id") else NOTHING,
        key,
        title,
        said.asks % {"agent": get("agent_id") or ""},
        ui.ago(decision["requested_at"]),
        ui.countdown(decision["requested_at"], get("expires_at")),
    )


def _choose(decision: Item, said: SimpleNamespace) -> SafeString:
    return format_html(
        '<input type="checkbox" form="batch" name="items" value="{}" id="select-{}" data-key="x"'
        ' aria-label="{}">',
        decision["select"],
        decision["key"],
        said.choose % {"title": decision["title"]},
    )


def _quorum(decision: Item, said: SimpleNamespace) -> SafeString:
    counted = {"votes": decision.get("votes") or 0, "needed": decision["required_approvals"]}
    return format_html('<span class="badge">{}{}</span>', ui.icon("user"), said.quorum % counted)


def _incident(decision: Item) -> SafeString:
    return format_html(
        '<a class="small mono" href="{}">{}</a>',
        decision.get("incident_href") or "",
        decision["incident_id"],
    )


def _body(decision: Item, said: SimpleNamespace) -> SafeString:
    get = decision.get
    digest = NOTHING
    if get("digest"):
        short = ui.copyable(decision["digest"], chars=20)
        digest = format_html('<div class="small muted">{} {}</div>', said.digest, short)
    seen = facts(decision["evidence"]) if get("evidence") else said.no_evidence
    return format_html(
        '<div class="decision-body decision-body-2"><div class="stack-sm">{}<div>{}</div>{}{}{}'
        '</div><div class="stack-sm">{}{}{}</div></div>',
        said.action,
        ui.copyable(decision["tool_name"]),
        _arguments(decision, said),
        digest,
        _part(said.changes, get("changes")),
        said.evidence,
        seen,
        _part(said.record, get("record")),
    )


def _part(heading: SafeString, items: Iterable[Item] | None) -> SafeString:
    return SafeString(f"{heading}{facts(items)}") if items else NOTHING


def _arguments(decision: Item, said: SimpleNamespace) -> SafeString:
    arguments = decision.get("arguments")
    if not arguments:
        return said.no_arguments
    whole = ui.code(arguments, label=decision["tool_name"])
    if not (head := decision.get("arguments_head")):
        return whole
    lines = decision["argument_lines"]
    counted = ngettext("All of it: %(n)s line", "All of it: %(n)s lines", lines) % {"n": lines}
    return format_html(
        '{}<details id="arguments-{}"><summary>{}</summary>{}</details>',
        ui.code(head, label=said.beginning, copy=False),
        decision["key"],
        counted,
        whole,
    )


def _fact(item: Item) -> SafeString:
    get, text = item.get, item.get("text") or ""
    status, href, note, links = get("status"), get("href"), get("note"), get("links")
    return format_html(
        "<dt>{}</dt><dd>{}{}{}{}</dd>",
        item["label"],
        SafeString(f"{ui.status(status)} ") if status else NOTHING,
        format_html('<a href="{}">{}</a>', href, text) if href else text,
        format_html(' <span class="muted">{}</span>', note) if note else NOTHING,
        _links(links) if links else NOTHING,
    )


def _links(links: Iterable[Item]) -> SafeString:
    drawn = [
        f"<li>{ui.status(one['status'])} {_link(one.get('href'), one['text'])}</li>"
        for one in links
    ]
    return SafeString(f'<ul class="outcomes">{"".join(drawn)}</ul>')


def _link(href: object, text: object) -> SafeString:
    return format_html('<a href="{}">{}</a>', href, text) if href else conditional_escape(text)


def _foot(decision: Item, said: SimpleNamespace, csrf_token: object) -> SafeString:
    if decision.get("decide_href"):
        return _form(decision, said, csrf_token)
    if why_not := decision.get("why_not"):
        return format_html(
            '<div class="decision-foot"><p class="muted small">{}</p></div>', why_not
        )
    return NOTHING


def _form(decision: Item, said: SimpleNamespace, csrf_token: object) -> SafeString:
    get, key, href = decision.get, decision["key"], decision["decide_href"]
    stop, must_confirm, extend_href = get("stop"), get("must_confirm"), get("extend_href")
    return format_html(
        '<form class="decision-foot" method="post" action="{}" hx-post="{}"'
        ' hx-target="#decision-{}" hx-swap="outerHTML"'
        ' hx-disabled-elt="find button[value=approve], find button[value=reject]">'
        '<input type="hidden" name="csrfmiddlewaretoken" value="{}">{}{}{}{}'
        '<div class="split"><div class="btn-group">{}{}</div>{}{}</div></form>',
        href,
        href,
        key,
        csrf_token,
        _error(get("error")),
        _stopped(stop, said) if stop else NOTHING,
        _reason(decision, said),
        _confirm(key, said) if must_confirm else NOTHING,
        said.approve_not if stop else said.approve,
        said.reject,
        said.elsewhere if must_confirm else NOTHING,
        _extend(extend_href, said) if extend_href else NOTHING,
    )


def _extend(href: object, said: SimpleNamespace) -> SafeString:
    return format_html(
        '<button class="btn btn-quiet" formaction="{}" name="extend" value="1" data-key="e">{}'
        "</button>",
        href,
        said.extend,
    )


def _error(error: object) -> SafeString:
    if not error:
        return NOTHING
    alert = '<div class="alert alert-bad" role="alert">{}<div>{}</div></div>'
    return format_html(alert, ui.icon("alert"), error)


def _stopped(stop: Item, said: SimpleNamespace) -> SafeString:
    return format_html(
        '<div class="alert alert-warn">{}<div><strong>{}</strong> <a href="{}">{}</a></div></div>',
        ui.icon("power"),
        said.stopped,
        stop["href"],
        stop["told"],
    )


def _reason(decision: Item, said: SimpleNamespace) -> SafeString:
    key, presets = decision["key"], decision.get("presets") or ()
    chip = '<button type="button" class="chip" data-fill="#reason-{}" data-value="{}">{}</button>'
    chips = "".join([format_html(chip, key, preset, preset) for preset in presets])
    return format_html(
        '<div class="field"><label for="reason-{}">{}</label>'
        '<input id="reason-{}" name="reason" maxlength="128" value="{}" autocomplete="off">{}'
        "</div>",
        key,
        said.reason,
        key,
        decision.get("reason") or "",
        SafeString(f'<div class="presets needs-js">{chips}</div>') if chips else NOTHING,
    )


def _confirm(key: object, said: SimpleNamespace) -> SafeString:
    return format_html(
        '<div class="field"><label for="confirm-{}">{}</label>'
        '<input id="confirm-{}" name="confirm_with" type="password" maxlength="200"'
        ' autocomplete="current-password" aria-describedby="confirm-{}-help">'
        '<div class="help" id="confirm-{}-help">{}</div></div>',
        key,
        said.confirm,
        key,
        key,
        key,
        said.confirm_help,
    )


@lru_cache(maxsize=20)
def _words(_language: str | None) -> SimpleNamespace:
    """What is the same in every box of a language."""
    return SimpleNamespace(
        choose=_("Choose: %(title)s"),
        quorum=_("%(votes)s of %(needed)s approvals"),
        asks=_("%(agent)s asks"),
        digest=_("Digest"),
        beginning=_("Beginning of the arguments"),
        reason=_("Reason"),
        confirm=_("Password or code"),
        confirm_help=_("A critical approval asks that you confirm it is you."),
        stopped=_("Stopped: it can be rejected, not approved."),
        action=_heading(_("The exact action")),
        changes=_heading(_("What will change")),
        evidence=_heading(_("Evidence")),
        record=_heading(_("On record")),
        no_arguments=_muted(_("Without arguments.")),
        no_evidence=_muted(_("No evidence was attached. Open the run before you decide.")),
        approve=_answer("btn-primary", "approve", "a", "check", _("Approve")),
        approve_not=_answer("btn-primary", "approve", "a", "check", _("Approve"), " disabled"),
        reject=_answer("btn-danger", "reject", "r", "cross", _("Reject")),
        elsewhere=format_html(
            '<button class="btn btn-quiet push" name="confirm_elsewhere" value="1">{}{}</button>',
            ui.icon("key"),
            _("Confirm another way"),
        ),
        extend=format_html("{}{}", ui.icon("clock"), _("Extend")),
    )


def _heading(text: str) -> SafeString:
    return format_html('<h3 class="label">{}</h3>', text)


def _muted(text: str) -> SafeString:
    return format_html('<p class="muted small">{}</p>', text)


def _answer(css: str, value: str, key: str, icon: str, text: str, more: str = "") -> SafeString:
    return format_html(
        '<button class="btn {}" name="decision" value="{}" data-key="{}"{}>{}{}'
        ' <kbd class="needs-js">{}</kbd></button>',
        css,
        value,
        key,
        more,
        ui.icon(icon),
        text,
        key,
    )
