"""What a knowledge owner does on the pages, step by step, by the forms that the pages hold."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

from knowledge.models import KnowledgeEntry

STALE, REVIEWS = "/knowledge/stale", "/knowledge/reviews"
DRAFTS, BURN_DOWN = "/knowledge/drafts", "/knowledge/burn-down"
BATCH = f"{STALE}/batch"
REFRESH = {
    "review_outcome": "refresh_with_evidence",
    "updated_content": "# Disk full\n\nGrow it, then rotate the logs.",
    "owner_note": "Followed on the standby",
}
ARCHIVE = {"review_outcome": "archive", "owner_note": "The host is gone"}
HTMX = {"HX-Request": "true"}
_INPUT = re.compile(r"<input type=\"hidden\" name=\"(\w+)\" value=\"([^\"]*)\"")
_AREA = re.compile(r"<textarea name=\"(\w+)\" hidden>\n(.*?)</textarea>", re.S)


def text(answer: Any) -> str:
    """Answer a page's HTML."""
    return answer.content.decode()


def hidden(answer: Any, *, after: str) -> dict[str, Any]:
    """Answer what the form that comes after a mark carries without showing it."""
    form = text(answer).partition(after)[2].partition("</form>")[0]
    carried: dict[str, Any] = {}
    for name, value in [*_INPUT.findall(form), *_AREA.findall(form)]:
        carried.setdefault(name, []).append(unescape(value))
    carried.pop("csrfmiddlewaretoken", None)
    return {name: each if len(each) > 1 else each[0] for name, each in carried.items()}


def queue(client: Any, entry: KnowledgeEntry, **typed: str) -> Any:
    """Queue one entry from its row of the list."""
    return client.post(f"/knowledge/{entry.pk}/owner-review", {"owner": "kim", **typed})


def preview_batch(client: Any, **typed: Any) -> Any:
    """Ask for the preview of a batch."""
    given = {"project_id": "awoooi", "priority_tiers": ["P0", "P1", "P2"], "limit": "10"}
    return client.post(BATCH, {**given, "owner": "kim", **typed})


def confirm_batch(client: Any, preview: Any) -> Any:
    """Press the preview's button."""
    return client.post(BATCH, hidden(preview, after=f'action="{BATCH}"'))


def review_of(entry: KnowledgeEntry) -> str:
    """Answer the address of an entry's newest review."""
    from knowledge.selectors import reviews

    return f"{REVIEWS}/{reviews.latest_of(entry).pk}"


def preview(client: Any, entry: KnowledgeEntry, typed: dict[str, Any], **headers: Any) -> Any:
    """Ask for the preview of a completion."""
    form = {"owner": "kim", "step": "preview", **typed}
    return client.post(review_of(entry), form, **headers)


def confirm(client: Any, entry: KnowledgeEntry, previewed: Any, **more: Any) -> Any:
    """Tick the box and press the preview's button."""
    form = hidden(previewed, after="<h2>Confirm</h2>")
    return client.post(
        review_of(entry), {"owner_approved": "on", "step": "confirm", **form, **more}
    )
