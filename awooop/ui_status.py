"""How each enumerated value looks (tone, shape, word), in one table: a word means one thing."""

from __future__ import annotations

from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _


class Look(NamedTuple):
    """A badge's tone (its class), icon name and translated word."""

    tone: str
    icon: str
    label: str | Promise


def _looks(tone: str, icon: str, **labels: str | Promise) -> dict[str, Look]:
    return {value: Look(tone, icon, label) for value, label in labels.items()}


STATUSES: dict[str, Look] = {
    # not begun, or nothing to be done
    **_looks("idle", "clock", pending=_("Pending"), queued=_("Queued"), draft=_("Draft")),
    **_looks("idle", "skip", skipped=_("Skipped"), not_needed=_("Not needed")),
    **_looks("idle", "block", cancelled=_("Cancelled"), noop=_("Nothing to do")),
    **_looks("idle", "archive", archived=_("Archived"), deprecated=_("Deprecated")),
    **_looks("idle", "archive", retired=_("Retired"), closed=_("Closed"), legacy=_("Legacy")),
    **_looks("idle", "dashed", no_evidence=_("No evidence"), missing=_("Missing")),
    **_looks("idle", "dashed", no_data=_("No data"), unknown=_("Unknown"), shadow=_("Shadow")),
    **_looks("idle", "hourglass", expired=_("Expired")),
    **_looks("idle", "power", lifted=_("Lifted")),
    **_looks("idle", "info", info=_("Info"), duplicate=_("Duplicate"), noted=_("Noted")),
    **_looks("idle", "eye", observed=_("Observed")),
    **_looks("idle", "cross", struck=_("Struck out")),
    **_looks("idle", "dashed", no_related_owner_review=_("No owner review about it")),
    **_looks("idle", "minus", no_incident=_("No incident")),
    # under way
    **_looks("accent", "progress", running=_("Running"), executing=_("Executing")),
    **_looks("accent", "progress", in_progress=_("In progress"), sending=_("Sending")),
    **_looks("accent", "progress", investigating=_("Investigating"), dispatched=_("Dispatched")),
    **_looks("accent", "eye", mcp_observed=_("MCP observed"), watching=_("Watching")),
    **_looks("accent", "flask", read_only_dry_run=_("Read-only dry run"), dry_run=_("Dry run")),
    **_looks("accent", "flask", canary=_("Canary"), replay=_("Replay"), reverify=_("Re-verify")),
    **_looks("accent", "wrench", execute=_("Execute")),
    **_looks("accent", "dot", detected=_("Detected"), current=_("Now")),
    **_looks("accent", "link", pr_open=_("PR open"), handed_off=_("Handed off")),
    # a person is wanted, or care
    **_looks("warn", "hand", waiting_approval=_("Waiting for approval"), waiting=_("Waiting")),
    **_looks("warn", "eye", review=_("In review")),
    **_looks("warn", "alert", firing=_("Firing")),
    **_looks("warn", "alert", warning=_("Warning"), degraded=_("Degraded"), open=_("Open")),
    **_looks(
        "warn", "hourglass", timeout=_("Timed out"), timeout_ignored=_("Ignored until expiry")
    ),
    **_looks("warn", "alert", above_threshold=_("Above the threshold")),
    # done well
    **_looks("ok", "check", delivered=_("Delivered")),
    **_looks("ok", "check", completed=_("Completed"), succeeded=_("Succeeded")),
    **_looks("ok", "check", success=_("Success"), approved=_("Approved"), allowed=_("Allowed")),
    **_looks("ok", "check", resolved=_("Resolved"), done=_("Done"), ok=_("OK"), sent=_("Sent")),
    **_looks("ok", "check", active=_("Active"), ready=_("Ready"), adopted=_("Adopted")),
    **_looks("ok", "check", zero_diff=_("No difference left"), passed=_("Passed")),
    **_looks("ok", "check", at_or_below_threshold=_("Within the threshold")),
    **_looks("ok", "check", auto_repair=_("Repaired by an agent"), cleared=_("Cleared")),
    **_looks(
        "ok", "check", auto_repaired=_("Repaired by an agent"), alert_cleared=_("Alert cleared")
    ),
    **_looks("ok", "check", human_approved=_("Approved by a person"), manual=_("By hand")),
    **_looks("ok", "pencil", write_observed=_("Write observed"), executed=_("Executed")),
    **_looks("ok", "check", matched_owner_review=_("Under owner review")),
    # went wrong
    **_looks("bad", "cross", failed=_("Failed"), rejected=_("Rejected"), error=_("Error")),
    **_looks("bad", "block", blocked=_("Blocked"), refused=_("Refused")),
    **_looks("bad", "power", stopped=_("Stopped")),
    **_looks("bad", "cross", dead=_("Undeliverable"), violated=_("Violated")),
    **_looks("bad", "cross", fetch_failed=_("Could not be read")),
    **_looks("bad", "hourglass", timed_out=_("Timed out")),
    **_looks("critical", "octagon", critical=_("Critical")),
    # tiers of stale knowledge
    **_looks("bad", "bars-3", P0="P0"),
    **_looks("warn", "bars-2", P1="P1"),
    **_looks("idle", "bars-1", P2="P2"),
}

RISKS: dict[str, Look] = {
    **_looks("idle", "bars-1", low=_("Low risk")),
    **_looks("warn", "bars-2", medium=_("Medium risk")),
    **_looks("bad", "bars-3", high=_("High risk")),
    **_looks("critical", "octagon", critical=_("Critical risk")),
}

SEVERITIES: dict[str, Look] = {
    **_looks("idle", "info", info=_("Info"), none=_("None"), low=_("Low")),
    **_looks("warn", "alert", warning=_("Warning"), medium=_("Medium"), minor=_("Minor")),
    **_looks("bad", "alert", high=_("High"), error=_("Error"), major=_("Major")),
    **_looks("critical", "octagon", critical=_("Critical"), page=_("Page")),
}

# kind of a timeline item -> icon
KIND_ICONS: dict[str, str] = {
    "run": "run",
    "inbound": "inbound",
    "step": "step",
    "approval": "approval",
    "mcp": "tool",
    "remediation": "wrench",
    "outbound": "outbound",
    "evidence": "flask",
    "audit": "key",
    "incident": "incident",
    "knowledge": "book",
    "event": "shield",
    "comment": "user",
    "note": "pencil",
}

# a tone's class in alerts, timelines, meters: `critical` has no gentler face of its own there
SOFT_TONES = {"idle": "", "critical": "bad", "unknown": ""}


def look_of(table: dict[str, Look], value: object) -> Look:
    """Answer how `value` looks; None is unknown, and a word that nobody listed still has a face."""
    if value is None or value == "":
        return Look("unknown", "dashed", _("Unknown"))
    known = table.get(str(value))
    return known or Look("idle", "dot", legible(value))


def legible(name: object) -> str:
    """Answer a machine's name as words; in the reader's language where it is known otherwise."""
    words = str(name).replace("_", " ").strip()
    if not words:
        return words
    said = gettext(words.capitalize())
    return said if said != words.capitalize() else gettext(words).capitalize()


def soft_tone(value: object) -> str:
    """Answer the tone class of a status for a line of a timeline or an alert ('' for none)."""
    tone = look_of(STATUSES, value).tone
    return SOFT_TONES.get(tone, tone)
