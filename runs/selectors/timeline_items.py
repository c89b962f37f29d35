"""Timeline items: how a row of each source reads to a person."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple, TypedDict

from django.utils.text import Truncator
from django.utils.translation import gettext as _

from runs.selectors import remediation
from runs.titles import outbound_title

Row = dict[str, Any]


class TimelineItem(TypedDict):
    """One line of a run's story; `status` and `summary` are None where there is none to tell."""

    ts: datetime
    kind: str
    title: str
    status: str | None
    summary: str | None
    metadata: dict[str, Any]


class _Told(NamedTuple):
    title: str
    status: str | None
    summary: str | None
    shown: frozenset[str]  # columns that title, status and summary have told already


def item(kind: str, source: str, ts: datetime, data: str | Row) -> TimelineItem:
    """Answer the item that a row of the timeline's statement stands for."""
    row = json.loads(data) if isinstance(data, str) else data
    told = _BUILDERS[source](row)
    return {
        "ts": ts,
        "kind": kind,
        "title": str(told.title),
        "status": told.status,
        "summary": told.summary or None,
        "metadata": {name: value for name, value in row.items() if name not in told.shown},
    }


def _told(title: Any, status: Any, summary: Any, *shown: str) -> _Told:
    return _Told(title, status, summary, frozenset(shown))


def _created(row: Row) -> _Told:
    by_trigger = _("Triggered by %(type)s %(ref)s") % {
        "type": row["trigger_type"],
        "ref": row["trigger_ref"],
    }
    return _told(_("Run created"), None, by_trigger.strip(), *_AFTERWARDS)


def _started(row: Row) -> _Told:
    by_worker = _("By %(worker)s") % {"worker": row["worker_id"]} if row["worker_id"] else None
    return _told(_("Run started"), None, by_worker, *_AFTERWARDS)


def _ended(row: Row) -> _Told:
    why = ": ".join(filter(None, (row["error_code"], row["error_detail"])))
    return _told(_("Run ended"), row["state"], why, "state", "trigger_type", "trigger_ref")


# What is known only later has no place in an item about the beginning.
_AFTERWARDS = ("state", "error_code", "error_detail", "cost_usd", "attempt_count", "worker_id")


def _event(row: Row) -> _Told:
    status = "refused" if row["is_refused"] else "duplicate" if row["is_duplicate"] else None
    title = _("Message from %(channel)s") % {"channel": row["channel_type"]}
    return _told(title, status, row["content_preview"], "content_preview")


def _step(row: Row) -> _Told:
    status = "blocked" if row["was_blocked"] else row["result_status"]
    summary = row["summary"] or row["block_reason"] or row["error_code"]
    return _told(row["tool_name"], status, summary, "summary", "was_blocked", "result_status")


def _approval(row: Row) -> _Told:
    decision = row["tool_name"].rpartition(".")[2]
    titles = {"approve": _("Approved by an operator"), "reject": _("Rejected by an operator")}
    statuses = {"approve": "approved", "reject": "rejected"}
    title = titles.get(decision, row["tool_name"])
    return _told(title, statuses.get(decision, row["result_status"]), row["summary"], "summary")


def _call(row: Row) -> _Told:
    gates = row.pop("gate_result")
    gates = gates if isinstance(gates, dict) else {}
    row |= {name: gates.get(name) for name in ("required_scope", "policy_enforced", "is_shadow")}
    title = _("MCP: %(tool)s") % {"tool": row["tool_name"]}
    return _told(title, row["result_status"], row["block_reason"], "result_status")


def _legacy(row: Row) -> _Told:
    title = _("Legacy MCP: %(tool)s") % {"tool": f"{row['mcp_server']}/{row['tool_name']}"}
    status = {True: "success", False: "failed", None: None}[row["success"]]
    return _told(title, status, row["error_message"], "error_message")


def _remediation(row: Row) -> _Told:
    row["route"] = remediation.item_route(row)
    title = _("Remediation: %(mode)s") % {"mode": _mode(row["mode"])}
    status = remediation.status_of(row, 0)
    return _told(title, status, row["verification_result_preview"], "verification_result_preview")


def _mode(mode: str) -> str:
    words = {
        "dry_run": _("dry run"),
        "replay": _("replay"),
        "reverify": _("re-verify"),
        "execute": _("execution"),
    }
    return words.get(mode, mode)


def _message(row: Row) -> _Told:
    title = outbound_title(row["message_type"], row["content_preview"])
    return _told(title, row["send_status"], row["content_preview"], "content_preview")


def _note(row: Row) -> _Told:
    title = _("Note of %(author)s") % {"author": row["author_label"]}
    status = "struck" if row["struck_at"] else None
    return _told(
        title, status, Truncator(row["body"]).chars(300), "body", "author_label", "note_id"
    )


_BUILDERS: dict[str, Callable[[Row], _Told]] = {
    "created": _created,
    "started": _started,
    "ended": _ended,
    "event": _event,
    "step": _step,
    "approval": _approval,
    "call": _call,
    "legacy": _legacy,
    "remediation": _remediation,
    "message": _message,
    "note": _note,
}
