"""The one router of this room's API; its modules put their operations on it."""

from __future__ import annotations

from typing import Any

from ninja import Router

from awooop.paging import Page

router = Router(tags=["governance"])


def listed(page: Page, items: list[Any]) -> dict[str, Any]:
    """Answer a page as the governance lists have it: `page` and `size`, and a cursor."""
    return {
        "items": items,
        "total": page.total,
        "total_is_exact": page.total_is_exact,
        "page": page.page,
        "size": page.per_page,
        "next_cursor": page.next_cursor,
    }
